// A job while it runs: one EventSource for all its parts, deltas only, no reruns. What arrives is text from a model and
// only ever becomes text nodes.
const views = new WeakMap()
const WITHOUT_TEXT = { ready: "Waits for its turn", running: "Reading the sources", done: "Nothing in the sources" }
const HALF_TOKEN = /\[\[?[^\[\]]*$/

function el(tag, className, text) {
  const node = document.createElement(tag)
  if (className) node.className = className
  if (text !== undefined) node.textContent = text
  return node
}

function sourcesOf(token) { // numbers are given when the article is whole
  return [...new Set(token.match(/S\d+/g) ?? ["?"])].join(" ")
}

function inline(node, text) {
  for (const piece of text.split(/(\[\[[^\[\]]*\]\]|\*\*[^*\n]+\*\*|\*[^*\n]+\*)/)) {
    if (piece.startsWith("[[")) node.append(el("sup", "", sourcesOf(piece)))
    else if (/^\*\*.+\*\*$/.test(piece)) node.append(el("strong", "", piece.slice(2, -2)))
    else if (/^\*.+\*$/.test(piece)) node.append(el("em", "", piece.slice(1, -1)))
    else node.append(piece)
  }
  return node
}

function block(text) {
  if (/^>/.test(text)) return inline(el("blockquote"), text.replace(/^> ?/gm, ""))
  if (/^[-*+] /.test(text)) {
    const items = el("ul")
    for (const line of text.split("\n")) items.append(inline(el("li"), line.replace(/^[-*+] /, "")))
    return items
  }
  const heading = /^#{1,6} /.test(text)
  return inline(el("p"), heading ? `**${text.replace(/^#+ /, "")}**` : text)
}

class View {
  constructor(root, data, setState) {
    Object.assign(this, { root, data, parts: new Map(), dirty: new Set(), setState, elapsed: 0, since: Date.now() })
    this.title = el("strong", "", data.title)
    this.title.setAttribute("role", "status")
    this.facts = el("span", "facts")
    this.fill = el("div")
    this.list = el("ul", "steps")
    this.list.setAttribute("aria-label", "Steps")
    this.cards = el("div", "cards")
    const top = el("div", "top")
    const bar = el("div", "bar")
    bar.append(this.fill)
    top.append(this.title, this.facts)
    root.replaceChildren(top, bar, this.list, this.cards)
    this.source = new EventSource(data.url)
    this.source.onmessage = (event) => this.hear(JSON.parse(event.data))
    this.source.addEventListener("end", () => this.end())
    this.source.onerror = () => this.source.readyState === EventSource.CLOSED && this.tell("broken", data.job)
    this.clock = setInterval(() => this.showFacts(), 1000)
  }

  hear(event) {
    if (event.type === "snapshot") this.restore(event)
    else if (event.type === "step") this.setStep(event.step)
    else if (event.type === "delta") this.grow(event.key, event.text)
    else if (event.type === "restart") this.setText(event.key, "")
    else if (event.type === "job") this.job = event.job
    this.showFacts()
  }

  restore(event) {
    this.job = event.job
    this.elapsed = event.elapsed_s
    this.since = Date.now()
    for (const step of event.steps) this.setStep(step)
  }

  setStep(step) {
    const part = this.parts.get(step.key) ?? this.add(step)
    part.state = step.state
    part.error = step.error
    part.facts = step.facts ?? ""
    if (part.stop) part.stop.hidden = !["ready", "running"].includes(step.state)
    part.node.dataset.state = step.state === "done" && step.error ? "failed" : step.state
    this.makeRoom()
    if (part.card && step.text.length >= part.text.length) part.text = step.text
    this.mark(step.key)
  }

  add(step) {
    const card = this.data.shown.includes(step.kind)
    const part = { card, wide: this.data.wide.includes(step.kind), text: "", node: card ? this.newCard(step) : this.newRow(step) }
    if (card && this.data.stop) part.stop = this.newStop(step, part.node.querySelector("header"))
    this.parts.set(step.key, part)
    return part
  }

  makeRoom() { // the outline leaves when the sections come
    const parts = [...this.parts.values()]
    const others = parts.some((part) => part.card && !part.wide)
    for (const part of parts) if (part.wide) part.node.hidden = others && part.state === "done"
  }

  newRow(step) {
    const row = el("li")
    row.append(el("span", "dot"), el("span", "", step.label))
    this.list.append(row)
    return row
  }

  newCard(step) {
    const card = el("section", this.data.wide.includes(step.kind) ? "part wide" : "part")
    const header = el("header")
    header.append(el("span", "dot"), el("h2", "", step.label), el("span", "count"))
    const text = el("div", "text")
    text.tabIndex = 0
    text.setAttribute("role", "region")
    text.setAttribute("aria-label", step.label)
    card.append(header, text)
    this.cards.append(card)
    return card
  }

  newStop(step, header) { // of this part alone
    const stop = el("button", "stop", "Stop")
    stop.type = "button"
    stop.setAttribute("aria-label", `Stop ${step.label}`)
    stop.onclick = async () => {
      stop.disabled = true
      const body = JSON.stringify({ columns: [Number(step.key.split(":")[1])] })
      const answer = await fetch(this.data.stop, { method: "POST", headers: { "content-type": "application/json" }, body }).catch(() => {})
      stop.disabled = Boolean(answer?.ok)
    }
    header.append(stop)
    return stop
  }

  grow(key, text) {
    const part = this.parts.get(key)
    if (part) this.setText(key, part.text + text)
  }

  setText(key, text) {
    const part = this.parts.get(key)
    if (!part) return
    part.text = text
    this.mark(key)
  }

  mark(key) {
    if (this.dirty.size === 0) requestAnimationFrame(() => this.paint())
    this.dirty.add(key)
  }

  paint() {
    for (const key of this.dirty) {
      const part = this.parts.get(key)
      if (part.card) this.paintCard(part)
    }
    this.dirty.clear()
  }

  paintCard(part) {
    const area = part.node.querySelector(".text")
    const atEnd = area.scrollHeight - area.scrollTop - area.clientHeight < 40
    const shown = part.state === "running" ? part.text.replace(HALF_TOKEN, "") : part.text
    const blocks = shown.split(/\n{2,}/).filter((text) => text.trim())
    area.replaceChildren(...blocks.map(block))
    if (part.error) area.append(el("p", "error", part.error))
    else if (!blocks.length) area.append(el("p", "waiting", WITHOUT_TEXT[part.state] ?? ""))
    const words = shown.replace(/\[\[[^\]]*\]\]/g, " ").match(/[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu)?.length ?? 0
    part.words = words
    part.node.querySelector(".count").textContent = [words ? `${words.toLocaleString("en")} words` : "", part.facts].filter(Boolean).join(" · ")
    if (atEnd && part.state === "running") area.scrollTop = area.scrollHeight
  }

  showFacts() {
    const parts = [...this.parts.values()]
    const done = parts.filter((part) => part.state === "done").length
    const seconds = Math.round(this.elapsed + (Date.now() - this.since) / 1000)
    const words = parts.reduce((sum, part) => sum + (part.node.hidden ? 0 : part.words ?? 0), 0)
    const facts = [`${done} of ${parts.length} steps`, words ? `${words.toLocaleString("en")} words` : "", `${Math.floor(seconds / 60)}:${`${seconds % 60}`.padStart(2, "0")}`]
    this.facts.textContent = facts.filter(Boolean).join(" · ")
    this.fill.style.width = parts.length ? `${(100 * done) / parts.length}%` : "0"
  }

  end() {
    this.source.close()
    this.tell("ended", `${this.data.job}:${this.job?.state ?? ""}`)
  }

  tell(name, value) {
    let count = 0 // said again, since an event may be lost while the page is being drawn; the page takes us away then
    const say = () => this.setState(name, `${value}:${count++}`)
    say()
    this.again = setInterval(say, 2000)
  }

  close() {
    this.source.close()
    clearInterval(this.clock)
    clearInterval(this.again)
  }
}

export default function ({ data, parentElement, setStateValue }) {
  let view = views.get(parentElement)
  if (view && view.data.job !== data.job) {
    view.close()
    view = undefined
  }
  if (!view) views.set(parentElement, (view = new View(parentElement.querySelector(".root"), data, setStateValue)))
  view.setState = setStateValue
  return () => {
    view.close()
    views.delete(parentElement)
  }
}
