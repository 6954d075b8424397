// The text of one section. Uncontrolled: Python sends the text once per `doc`; what is typed goes to Python after a
// pause, and to the browser's journal at once, so that a reload before the save loses nothing.
const fields = new WeakMap()
const PAUSE = 800
const LABELS = { saved: "Saved", typing: "Typing…", saving: "Saving…", conflict: "Not saved: see above", failed: "Not saved yet, trying again…", restored: "Brought back from this browser, saving…" }

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null")
  } catch {
    return null
  }
}

class Field {
  constructor(root, component) {
    this.head = document.createElement("input")
    this.area = document.createElement("textarea")
    this.bar = document.createElement("div")
    this.bar.className = "state"
    this.bar.append(document.createElement("span"), document.createElement("span"))
    this.bar.firstChild.setAttribute("role", "status")
    root.replaceChildren(this.head, this.area, this.bar)
    this.seq = Date.now() // rises over re-mounts of the same session, too
    for (const field of [this.head, this.area]) this.listen(field)
    this.observer = new ResizeObserver(() => this.fit())
    this.observer.observe(root)
    this.render(component)
  }

  listen(field) {
    field.oninput = () => this.typed()
    field.onblur = () => this.pending && this.send()
    field.onkeydown = (event) => {
      event.stopPropagation() // the page's own shortcuts are single letters
      if (!(event.ctrlKey || event.metaKey) || event.key !== "s") return
      event.preventDefault()
      this.send()
    }
  }

  render(component) {
    this.component = component
    const { data } = component
    this.area.setAttribute("aria-label", `Text of ${data.label}`)
    this.head.setAttribute("aria-label", `Heading of ${data.label}`)
    this.head.placeholder = "Heading"
    this.head.hidden = !data.headed
    this.area.placeholder = data.placeholder
    if (data.doc !== this.doc) this.open(data)
    this.heard(data)
  }

  open(data) {
    this.doc = data.doc
    this.key = `writer:${data.journal}`
    this.set(data)
    const kept = read(this.key)
    if (kept && (kept.text !== data.text || kept.heading !== data.heading)) {
      this.set(kept)
      this.show("restored")
      this.send({ restored: kept.base }) // of another text than is there now, it is a conflict to decide
    } else {
      localStorage.removeItem(this.key)
      this.show(data.state || "saved")
    }
    this.base = data.base
    this.fit()
  }

  set({ heading, text }) {
    this.head.value = heading
    this.area.value = text
  }

  get written() {
    return { heading: this.head.value, text: this.area.value }
  }

  heard(data) {
    // A field that was mounted anew has sent nothing yet: what is said of the message before concerns its text, too.
    if (!data.seq || this.pending || (this.sent && data.seq !== this.seq)) return
    if (data.state !== "failed") clearTimeout(this.again)
    if (data.state === "saved") {
      this.base = data.base
      localStorage.removeItem(this.key)
    }
    this.show(data.state)
  }

  typed() {
    this.fit()
    this.show("typing")
    clearTimeout(this.pending)
    this.pending = setTimeout(() => this.send(), PAUSE)
    localStorage.setItem(this.key, JSON.stringify({ base: this.base, ...this.written }))
  }

  send(more = {}) {
    clearTimeout(this.pending)
    clearTimeout(this.again)
    this.pending = 0
    this.seq += 1
    this.sent = true
    this.show("saving")
    const message = { seq: this.seq, doc: this.doc, ...this.written, ...more }
    const say = () => {
      this.component.setStateValue("typed", { ...message, said: Date.now() })
      this.again = setTimeout(say, 3000) // an event may be lost while the page is being drawn
    }
    say()
  }

  show(state) {
    this.bar.dataset.state = state
    this.bar.firstChild.textContent = LABELS[state] ?? ""
    const words = this.area.value.replace(/\[\[[^\]]*\]\]/g, " ").match(/[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu)?.length ?? 0
    this.bar.lastChild.textContent = `${words.toLocaleString("en")} words`
  }

  fit() {
    this.area.style.height = "auto"
    this.area.style.height = `${this.area.scrollHeight + 2}px`
  }

  close() {
    if (this.pending) this.send()
    clearTimeout(this.again)
    this.observer.disconnect()
  }
}

export default function (component) {
  const { parentElement } = component
  let field = fields.get(parentElement)
  if (field) field.render(component)
  else fields.set(parentElement, (field = new Field(parentElement.querySelector(".root"), component)))
  return () => {
    field.close()
    fields.delete(parentElement)
  }
}
