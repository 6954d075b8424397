// Below the text: a row for each suggestion that waits, comes or is to be decided.
import { el, press } from "../dom.js"
import { find, isDecided, isOpen, suggestions } from "./ranges.js"

export class Tray {
  constructor(root, asking, { step, focus }) {
    Object.assign(this, { root, asking, step, focus, editing: null, drawn: "" })
  }

  draw(state) {
    const { groups, active } = state.field(suggestions)
    const shown = groups.filter((group) => !isDecided(group))
    const looks = JSON.stringify([shown.map((g) => [g.id, g.phase, g.notes, g.choices?.length, g.hunks.map((h) => h.state).join()]), active?.id, this.editing])
    if (looks === this.drawn) return
    this.drawn = looks
    this.root.replaceChildren(...shown.map((group) => this.row(group)))
    if (this.editing) this.root.prepend(this.editForm(state))
  }

  row(group) {
    const row = el("div", { class: "tray-row", "data-phase": group.phase, role: "group", "aria-label": `Suggestion: ${group.label}` })
    row.append(el("span", { class: "tray-title", role: "status" }, `${group.label}: ${this.words(group)}`))
    row.append(this.buttons(group))
    for (const note of group.notes) row.append(el("p", { class: group.phase === "failed" ? "tray-note failed" : "tray-note" }, note))
    if (group.choices) row.append(this.choices(group))
    return row
  }

  words({ phase, hunks }) {
    const open = hunks.filter(isOpen).length
    const stale = hunks.filter((hunk) => hunk.state === "stale").length
    if (phase === "waiting") return open ? `${changes(open)} so far` : "asking…"
    if (phase === "streaming") return "writing…"
    if (phase === "choosing") return "choose one"
    if (phase === "failed") return "did not work"
    if (phase === "stopped") return open ? `stopped with ${changes(open)}` : "stopped"
    return [open ? changes(open) : "decided", stale ? `${stale} changed meanwhile` : ""].filter(Boolean).join(", ")
  }

  buttons(group) {
    const { asking } = this
    const bar = el("span", { class: "tray-buttons" })
    const open = group.hunks.some(isOpen)
    if (asking.running.has(group.id)) bar.append(press("Stop", () => asking.stop(group.id)))
    if (open) {
      bar.append(
        press("‹", () => this.step(false), { "aria-label": "Previous change", title: "Previous change (Shift+F8)" }),
        press("›", () => this.step(true), { "aria-label": "Next change", title: "Next change (F8)" }),
        press("Accept all", () => asking.accept(group.id, asking.all(group.id)), { class: "primary", title: "Ctrl+Shift+Enter" }),
        press("Reject all", () => asking.drop(group.id)),
      )
    } else if (!asking.running.has(group.id)) bar.append(press("Close", () => asking.drop(group.id)))
    return bar
  }

  choices(group) {
    const list = el("div", { class: "tray-choices" })
    for (const choice of group.choices) {
      const status = choice.status ? el("span", { class: "cite-status", "data-status": choice.status }, choice.status) : null
      list.append(el("div", { class: "choice" }, el("strong", {}, choice.label), status, el("p", {}, choice.detail), press("Use this", () => this.asking.choose(group.id, choice))))
    }
    return list
  }

  edit(state, id, n) {
    this.editing = { id, n }
    this.draw(state)
    const area = this.root.querySelector("textarea")
    area?.focus()
    area?.setSelectionRange(area.value.length, area.value.length)
  }

  editForm(state) {
    const { id, n } = this.editing
    const area = el("textarea", { rows: "3", "aria-label": "The text of this change" })
    area.value = find(state, id, n).hunk?.text ?? ""
    const use = () => this.ended(() => this.asking.accept(id, [n], area.value))
    area.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.ended(() => {})
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) use()
    })
    const buttons = el("span", { class: "tray-buttons" }, press("Use this", use, { class: "primary", title: "Ctrl+Enter" }), press("Back", () => this.ended(() => {})))
    return el("div", { class: "tray-row edit" }, area, buttons)
  }

  ended(act) {
    this.editing = null
    act()
    this.drawn = ""
    this.focus()
  }
}

function changes(number) {
  return number === 1 ? "1 change" : `${number} changes`
}
