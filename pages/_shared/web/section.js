// The text of one section. Uncontrolled: Python sends the text once per `doc`; what is typed goes to Python after a
// pause, and to the browser's journal at once, so that a reload before the save loses nothing.
const fields = new WeakMap()
const PAUSE = 800
const LABELS = { saved: "Saved", typing: "Typing…", saving: "Saving…", conflict: "Not saved: see above", restored: "Brought back from this browser, saving…" }

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null")
  } catch {
    return null
  }
}

class Field {
  constructor(root, component) {
    this.area = document.createElement("textarea")
    this.bar = document.createElement("div")
    this.bar.className = "state"
    this.bar.append(document.createElement("span"), document.createElement("span"))
    this.bar.firstChild.setAttribute("role", "status")
    root.replaceChildren(this.area, this.bar)
    this.seq = Date.now() // rises over re-mounts of the same session, too
    this.area.oninput = () => this.typed()
    this.area.onblur = () => this.pending && this.send()
    this.area.onkeydown = (event) => {
      if ((event.ctrlKey || event.metaKey) && event.key === "s") {
        event.preventDefault()
        this.send()
      }
      event.stopPropagation()
    }
    this.observer = new ResizeObserver(() => this.fit())
    this.observer.observe(root)
    this.render(component)
  }

  render(component) {
    this.component = component
    const { data } = component
    this.area.setAttribute("aria-label", data.label)
    this.area.placeholder = data.placeholder
    if (data.doc !== this.doc) this.open(data)
    this.heard(data)
  }

  open(data) {
    this.doc = data.doc
    this.key = `writer:${data.doc}`
    this.area.value = data.text
    const kept = read(this.key)
    if (kept && kept.base === data.base && kept.text !== data.text) {
      this.area.value = kept.text
      this.show("restored")
      this.send()
    } else {
      localStorage.removeItem(this.key)
      this.show("saved")
    }
    this.base = data.base
    this.fit()
  }

  heard(data) {
    if (!data.seq || data.seq !== this.seq || this.pending) return
    clearTimeout(this.again)
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
    localStorage.setItem(this.key, JSON.stringify({ base: this.base, text: this.area.value }))
  }

  send() {
    clearTimeout(this.pending)
    clearTimeout(this.again)
    this.pending = 0
    this.seq += 1
    this.show("saving")
    const message = { seq: this.seq, text: this.area.value, doc: this.doc }
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
