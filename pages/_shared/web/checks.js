// The checks beside the text. They ask the server about the text as it is typed, and the editor, when there is one, to
// select a place or to show a change; the two talk through events of the window ("writer:checks", "writer:text").
const panels = new WeakMap()
const SHOWN = 5
const SAID = { good: "good", improve: "could be better", problem: "a problem" }
const WAIT_MS = 20000

function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name.slice(2), value)
    else if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value)
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false))
  return node
}

class Panel {
  constructor(root) {
    Object.assign(this, { root, open: new Set(), all: new Set(), drawn: "", seen: false, ignored: null })
    this.state = el("p", { class: "state", role: "status" }, "Checking…")
    this.body = el("div", {})
    root.replaceChildren(this.state, this.body)
    root.addEventListener("keydown", (event) => event.stopPropagation()) // the page's own keys are single letters
    this.ontext = ({ detail }) => detail.draft === this.draft && this.check(detail)
    addEventListener("writer:text", this.ontext)
    this.watcher = new IntersectionObserver(([entry]) => this.visible(entry.isIntersecting))
    this.watcher.observe(root)
  }

  close() {
    removeEventListener("writer:text", this.ontext)
    this.watcher.disconnect()
    this.tell({ ask: "follow", on: false })
  }

  render({ draft, api, revision, live }) {
    const other = draft !== this.draft || live !== this.live
    const newer = revision !== this.revision
    Object.assign(this, { draft, api, revision, live })
    if (other) this.drawn = ""
    if (this.seen && (other || newer)) this.follow()
  }

  visible(seen) {
    if (seen === this.seen) return
    this.seen = seen
    if (seen) this.follow()
    else this.tell({ ask: "follow", on: false })
  }

  follow() {
    if (!this.live) return this.check({})
    this.tell({ ask: "follow", on: true })
    if (!this.last) this.check({}) // until the editor has its text
  }

  tell(detail) {
    dispatchEvent(new CustomEvent("writer:checks", { detail: { draft: this.draft, ...detail } }))
  }

  /** One question at a time; of those that come meanwhile the newest counts. */
  async check(asked) {
    if (!this.seen) return
    this.next = asked
    if (this.running) return
    this.running = true
    while (this.next) {
      const { text, title } = (this.last = this.next)
      this.next = null
      await this.ask(text === undefined ? {} : { text, title: title?.trim() || undefined })
    }
    this.running = false
  }

  async ask(body) {
    try {
      const url = `${this.api}/drafts/${encodeURIComponent(this.draft)}/checks`
      const answer = await fetch(url, this.posted(body))
      const said = await answer.json()
      if (!answer.ok) throw new Error(typeof said.detail === "string" ? said.detail : "")
      this.report = said
      this.draw()
      this.say(this.live ? "Follows what you write." : "Of the draft as it is saved.")
    } catch (error) {
      this.say(error instanceof TypeError || !error.message ? "The checks cannot be had now; they come back by themselves." : error.message, true)
    }
  }

  posted(body) {
    return { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body), signal: AbortSignal.timeout(WAIT_MS) }
  }

  say(sentence, failed = false) {
    this.state.toggleAttribute("data-failed", failed)
    if (this.ignored && !failed) return
    if (this.state.textContent !== sentence) this.state.textContent = sentence
  }

  draw() {
    const looks = JSON.stringify(this.report)
    if (looks === this.drawn) return
    this.drawn = looks
    const { families, notes } = this.report
    const focused = this.body.getRootNode().activeElement?.closest?.("details.family")?.dataset.family
    this.body.replaceChildren(...notes.map((note) => el("p", { class: "note" }, note)), ...families.map((family) => this.family(family)))
    if (focused) this.body.querySelector(`[data-family="${focused}"] > summary`)?.focus({ preventScroll: true })
  }

  family(result) {
    const { family, label, score, counts } = result
    const badges = el("span", { class: "counts" })
    for (const kind of ["problem", "improve", "good"]) {
      if (counts[kind]) badges.append(el("span", { class: `count ${kind}`, title: `${counts[kind]} ${SAID[kind]}` }, String(counts[kind]), el("span", { class: "sr" }, ` ${SAID[kind]}`)))
    }
    const summary = el("summary", {}, el("span", { class: "name" }, label), badges, el("span", { class: "score" }, score))
    const details = el("details", { class: "family", "data-family": family }, summary)
    const fill = () => details.children.length === 1 && details.append(this.inside(result))
    details.open = this.open.has(family)
    if (details.open) fill()
    details.addEventListener("toggle", () => {
      this.open[details.open ? "add" : "delete"](family)
      fill()
    })
    return details
  }

  inside({ family, heuristic, trend }) {
    const inside = el("div", { class: "inside" })
    if (heuristic) inside.append(el("p", { class: "caption" }, "Rules of thumb: none of them proves who wrote a text."))
    const figures = this.report.figures.filter((figure) => figure.family === family)
    if (figures.length) inside.append(this.figures(figures))
    if (trend.length > 1) inside.append(drawnTrend(trend), el("p", { class: "caption" }, "Words in a sentence, paragraph by paragraph; over 20 is marked."))
    if (family === "seo") inside.append(...this.structured())
    const findings = this.report.findings.filter((finding) => finding.family === family)
    for (const group of grouped(findings)) inside.append(this.group(group))
    if (!findings.length) inside.append(el("p", { class: "caption" }, "Nothing to mend."))
    return inside
  }

  figures(figures) {
    const list = el("dl", { class: "figures" })
    for (const { label, shown, severity, why } of figures) {
      const light = el("span", { class: `dot ${severity ?? ""}` }, severity && el("span", { class: "sr" }, SAID[severity]))
      list.append(el("dt", { title: why }, light, label), el("dd", { title: why }, shown))
    }
    return list
  }

  structured() {
    const { structured } = this.report
    if (!structured.length) return []
    const text = structured.map((value) => JSON.stringify(value, null, 2)).join("\n\n")
    const kinds = structured.map((value) => value["@type"]).join(", ")
    const copy = navigator.clipboard && el("button", { type: "button", class: "act", onclick: (event) => copied(event.target, text) }, "Copy")
    return [el("details", {}, el("summary", {}, `JSON-LD: ${kinds}`), el("pre", { tabindex: "0" }, text), copy)]
  }

  group(findings) {
    const [first] = findings
    const key = `${first.check}\0${first.sentence}`
    const times = findings.length > 1 && el("span", { class: "times" }, `×${findings.length}`)
    const reason = el("p", { class: "reason" }, el("span", { class: `dot ${first.severity}` }, el("span", { class: "sr" }, SAID[first.severity])), el("span", {}, first.sentence), times)
    const shown = this.all.has(key) ? findings : findings.slice(0, SHOWN)
    const list = el("ul", {}, ...shown.map((finding) => this.one(finding)))
    const box = el("div", { class: "group", "data-check": first.check }, reason, list)
    const fixes = findings.filter(({ fix }) => fix)
    if (this.live && fixes.length > 1) box.append(el("button", { type: "button", class: "act", onclick: (event) => this.fix(fixes, event.target) }, `Fix all ${fixes.length}`))
    if (shown.length < findings.length) {
      const more = () => {
        this.all.add(key)
        box.replaceWith(this.group(findings))
      }
      box.append(el("button", { type: "button", class: "quiet", onclick: more }, `Show ${findings.length - shown.length} more`))
    }
    return box
  }

  one(finding) {
    const { quote, target, fix } = finding
    const words = target === "title" ? `Title: ${quote}` : target ? short(quote) : "Not in the text"
    const row = el("li", {})
    if (this.live && target) row.append(el("button", { type: "button", class: "place", title: "Select it in the text", onclick: () => this.select(finding, row) }, words))
    else row.append(el("span", { class: "place" }, words))
    if (this.live && fix) row.append(el("button", { type: "button", class: "act", onclick: () => this.fix([finding], row), "aria-label": `Fix: ${short(fix.old)} becomes ${short(fix.new) || "nothing"}` }, "Fix"))
    if (quote) row.append(el("button", { type: "button", class: "quiet", onclick: () => this.ignore(finding, true), "aria-label": `Ignore: ${words}`, title: "Do not show this again, in any draft" }, "Ignore"))
    return row
  }

  select(finding, row) {
    if (finding.target === "title") return this.tell({ ask: "title" })
    this.tell({ ask: "select", place: placeOf(finding), answer: (found) => found || this.gone(row) })
  }

  fix(findings, near) {
    const fixes = findings.map((finding) => ({ place: placeOf(finding), fix: finding.fix }))
    const label = findings.length > 1 ? `Check: ${findings.length} changes` : "Check"
    this.tell({ ask: "fix", label, fixes, answer: (found) => found || this.gone(near) })
  }

  gone(near) {
    const row = near.closest("li, .group") ?? near
    row.querySelector(".gone")?.remove()
    row.append(el("span", { class: "gone", role: "status" }, "This has changed meanwhile."))
  }

  async ignore({ check, quote }, ignored) {
    try {
      const answer = await fetch(`${this.api}/style-guide/ignored`, this.posted({ check, text: quote, ignored }))
      if (!answer.ok) throw new TypeError()
      this.ignored = ignored ? { check, quote } : null
      this.state.removeAttribute("data-failed")
      const undo = el("button", { type: "button", class: "act", onclick: () => this.ignore({ check, quote }, false) }, "Undo")
      this.state.replaceChildren(...(ignored ? [`“${short(quote)}” is ignored from now on.`, undo] : ["Shown again."]))
      if (ignored) undo.focus({ preventScroll: true })
      await this.check(this.last ?? {})
    } catch {
      this.say("This could not be saved. Try again.", true)
    }
  }
}

function placeOf({ start16, length16, quote }) {
  return { at: start16, length: length16, quote }
}

function grouped(findings) {
  const groups = new Map()
  const rank = { problem: 0, improve: 1, good: 2 }
  for (const finding of findings) {
    const key = `${finding.check}\0${finding.sentence}`
    groups.set(key, [...(groups.get(key) ?? []), finding])
  }
  return [...groups.values()].sort(([a], [b]) => rank[a.severity] - rank[b.severity])
}

function short(text) {
  const line = text.replace(/\s+/g, " ").trim()
  return line.length > 70 ? `${line.slice(0, 69).trimEnd()}…` : line
}

async function copied(button, text) {
  await navigator.clipboard.writeText(text)
  button.textContent = "Copied"
}

function drawnTrend(trend) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg")
  const most = Math.max(...trend, 1)
  const described = `Words in a sentence, in ${trend.length} paragraphs: from ${Math.min(...trend)} to ${most}.`
  for (const [name, value] of Object.entries({ class: "trend", viewBox: `0 0 ${trend.length * 4} 40`, preserveAspectRatio: "none", role: "img", "aria-label": described })) svg.setAttribute(name, value)
  trend.forEach((value, n) => {
    const bar = document.createElementNS(svg.namespaceURI, "rect")
    const height = (40 * value) / most
    for (const [name, at] of Object.entries({ x: n * 4, y: 40 - height, width: 3, height })) bar.setAttribute(name, at)
    if (value > 20) bar.setAttribute("class", "long")
    svg.append(bar)
  })
  return svg
}

export default function ({ parentElement, data }) {
  let panel = panels.get(parentElement)
  if (!panel) panels.set(parentElement, (panel = new Panel(parentElement.querySelector(".root"))))
  panel.render(data)
  return () => {
    panel.close()
    panels.delete(parentElement)
  }
}
