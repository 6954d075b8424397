// The frame round the text: title, status line, outline, tray. Plain DOM, made once.
import { el, press } from "./dom.js"

const STATES = {
  opening: "Opening…",
  typing: "Typing…",
  saving: "Saving…",
  saved: "Saved",
  offline: "Offline: kept in this browser",
  conflict: "Changed somewhere else: decide below",
  refused: "Not saved",
}

export class Shell {
  constructor(root, act) {
    this.status = el("span", { class: "status", role: "status" })
    this.count = el("span", { class: "count" })
    this.title = el("textarea", { class: "title", rows: "1", "aria-label": "Title", maxlength: "300", placeholder: "Untitled", spellcheck: "true", oninput: () => act.titled() })
    this.title.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== "ArrowDown") return
      event.preventDefault()
      act.focus()
    })
    this.outline = el("nav", { class: "outline", "aria-label": "Outline", hidden: true })
    this.page = el("div", { class: "page" })
    this.tray = el("div", { class: "tray", role: "region", "aria-label": "Suggestions" })
    this.outlineButton = press("☰", act.outline, { class: "icon", "aria-label": "Outline", title: "Outline (Alt+O)", "aria-expanded": "false" })
    this.askButton = press("Ask", act.ask, { class: "ask", title: "Ask for a suggestion (Ctrl+J)", "aria-haspopup": "dialog" })
    this.focusButton = press("Focus", act.focusMode, { title: "Focus mode (Alt+F)", "aria-pressed": "false" })
    const tools = el("span", { class: "tools" }, this.askButton, press("Find", act.find, { title: "Find and replace (Ctrl+F)" }), this.focusButton, press("?", act.help, { class: "icon", "aria-label": "Keyboard shortcuts", title: "Keyboard shortcuts (Ctrl+/)" }))
    const bar = el("div", { class: "bar" }, this.outlineButton, this.status, this.count, tools)
    this.sheet = el("div", { class: "paper" }, this.title, this.page)
    this.body = el("div", { class: "body" }, this.outline, this.sheet)
    this.root = el("div", { class: "writer" }, bar, this.body, this.tray)
    root.append(this.root)
    this.show("opening")
  }

  show(state, sentence) {
    this.root.dataset.state = state
    const words = sentence ? `${STATES[state]}: ${sentence}` : STATES[state]
    if (this.status.textContent !== words) this.status.textContent = words
  }

  fitTitle() {
    this.title.style.height = "auto"
    this.title.style.height = `${this.title.scrollHeight}px`
  }

  toggleOutline(open = this.outline.hidden) {
    this.outline.hidden = !open
    this.outlineButton.setAttribute("aria-expanded", String(open))
    return open
  }

  get narrow() {
    return this.root.clientWidth < 700
  }

  setFocus(on) {
    this.root.classList.toggle("focused", on)
    this.focusButton.setAttribute("aria-pressed", String(on))
  }

  progress(words, target, time) {
    const goal = target ? ` of ${target.toLocaleString("en")}` : ""
    this.count.textContent = `${words.toLocaleString("en")}${goal} words · ${time}`
    this.root.style.setProperty("--share", target ? Math.min(1, words / target) : 0)
  }
}
