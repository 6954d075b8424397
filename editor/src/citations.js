// Citation tokens as chips. A token is one thing: the cursor steps over it, a backspace takes all of it.
import { StateEffect, StateField } from "@codemirror/state"
import { Decoration, EditorView, MatchDecorator, ViewPlugin, WidgetType, showTooltip } from "@codemirror/view"
import { el, press } from "./dom.js"

const TOKEN = /\[\[\s*(S\d+\.p\d+(?:\s*[,;]\s*S\d+\.p\d+)*)\s*\]\]/g
const ID = /S\d+\.p\d+/g
const SIGNS = { supported: "✓", "weakly supported": "?", "not found in the passage": "!", "broken citation": "⨯", unchecked: "" }
const QUOTE = 420

export const setCited = StateEffect.define() // {citations: {id: {...}}, claims: [...]}
export const showCitation = StateEffect.define() // {pos, ids} or null

/** What is known of the cited passages, and the status of each token by where it stands. */
export const cited = StateField.define({
  create: () => ({ citations: {}, claims: [], shown: null, turn: 0 }),
  update(value, transaction) {
    let next = value
    for (const effect of transaction.effects) {
      if (effect.is(setCited)) next = { ...next, ...effect.value, turn: next.turn + 1 }
      if (effect.is(showCitation)) next = { ...next, shown: effect.value }
    }
    if (next.shown && transaction.docChanged) next = { ...next, shown: null }
    return next
  },
  provide: (field) => showTooltip.from(field, (value) => value.shown && card(value)),
})

class Chip extends WidgetType {
  constructor(ids, label, status, title) {
    super()
    Object.assign(this, { ids, label, status, title })
  }
  eq(other) {
    return other.ids.join() === this.ids.join() && other.label === this.label && other.status === this.status
  }
  toDOM() {
    const spoken = `Citation ${this.label}${this.title ? `: ${this.title}` : ""}${this.status ? `, ${this.status}` : ""}`
    const sign = SIGNS[this.status]
    const attributes = { class: "chip", role: "img", "aria-label": spoken, "data-ids": this.ids.join(" "), "data-status": this.status || "none" }
    return el("span", attributes, this.label, sign ? el("span", { class: "sign" }, sign) : null)
  }
  ignoreEvent() {
    return false // the handlers below want them
  }
}

const matcher = new MatchDecorator({
  regexp: TOKEN,
  decorate: (add, from, to, match, view) => {
    const ids = match[1].match(ID)
    const { citations, claims } = view.state.field(cited)
    const numbers = ids.map((id) => citations[id]?.number ?? id)
    const titles = [...new Set(ids.map((id) => citations[id]?.title).filter(Boolean))]
    const status = statusOf(claims, view.state, from, ids, match[0])
    add(from, to, Decoration.replace({ widget: new Chip(ids, numbers.join(", "), status, titles.join("; ")) }))
  },
})

/** Of the claims that cite these passages, the one whose sentence stands round the token. */
function statusOf(claims, state, at, ids, token) {
  const same = claims.filter((claim) => claim.sentence.includes(token))
  const here = same.find((claim) => {
    const start = at - claim.sentence.indexOf(token)
    return start >= 0 && state.sliceDoc(start, start + claim.sentence.length) === claim.sentence
  })
  return here?.status ?? ""
}

export const chips = ViewPlugin.fromClass(
  class {
    constructor(view) {
      this.chips = matcher.createDeco(view)
    }
    update(update) {
      const turn = (state) => state.field(cited).turn
      const known = turn(update.startState) !== turn(update.state)
      this.chips = known ? matcher.createDeco(update.view) : matcher.updateDeco(update, this.chips)
    }
  },
  {
    decorations: (plugin) => plugin.chips,
    provide: (plugin) => EditorView.atomicRanges.of((view) => view.plugin(plugin)?.chips ?? Decoration.none),
    eventHandlers: {
      mouseover(event, view) {
        const chip = event.target.closest?.(".chip")
        if (chip) show(view, chip, false)
      },
      mouseout(event, view) {
        const { shown } = view.state.field(cited)
        const inside = event.relatedTarget?.closest?.(".cite-card, .chip")
        if (shown && !shown.pinned && !inside) view.dispatch({ effects: showCitation.of(null) })
      },
      mousedown(event, view) {
        const chip = event.target.closest?.(".chip")
        if (!chip) return view.state.field(cited).shown ? hide(view) : false
        event.preventDefault()
        show(view, chip, true)
        return true
      },
    },
  },
)

function show(view, chip, pinned) {
  const pos = view.posAtDOM(chip)
  const { shown } = view.state.field(cited)
  if (shown?.pos === pos && (shown.pinned || !pinned)) return
  view.dispatch({ effects: showCitation.of({ pos, ids: chip.dataset.ids.split(" "), status: chip.dataset.status, pinned }) })
}

function hide(view) {
  view.dispatch({ effects: showCitation.of(null) })
  return false
}

/** The citation that the cursor touches, from the keyboard. */
export function showCitationAtCursor(view) {
  const { head } = view.state.selection.main
  const line = view.state.doc.lineAt(head)
  for (const match of line.text.matchAll(TOKEN)) {
    const from = line.from + match.index
    if (head < from || head > from + match[0].length) continue
    const ids = match[1].match(ID)
    const status = statusOf(view.state.field(cited).claims, view.state, from, ids, match[0])
    view.dispatch({ effects: showCitation.of({ pos: from, ids, status, pinned: true, focus: true }) })
    return true
  }
  return false
}

export function closeCitation(view) {
  if (!view.state.field(cited).shown) return false
  view.dispatch({ effects: showCitation.of(null) })
  view.focus()
  return true
}

function card({ shown, citations }) {
  return { pos: shown.pos, above: false, create: (view) => ({ dom: cardOf(view, shown, citations), mount: () => {} }) }
}

function cardOf(view, shown, citations) {
  const dom = el("div", { class: "cite-card", role: "dialog", "aria-label": "Citation" })
  if (SIGNS[shown.status] !== undefined) dom.append(el("p", { class: "cite-status", "data-status": shown.status }, `${SIGNS[shown.status]} ${shown.status}`))
  for (const id of shown.ids) dom.append(entry(view, id, citations[id]))
  dom.addEventListener("mouseleave", () => shown.pinned || hide(view))
  dom.addEventListener("keydown", (event) => event.key === "Escape" && closeCitation(view))
  if (shown.focus) requestAnimationFrame(() => dom.querySelector("button")?.focus())
  return dom
}

function entry(view, id, citation) {
  if (!citation) return el("div", { class: "cite" }, el("strong", {}, id), el("p", {}, "No passage of yours has this id."))
  const facts = [citation.published, citation.page ? `page ${citation.page}` : "", id].filter(Boolean).join(" · ")
  const quote = citation.quote.length > QUOTE ? `${citation.quote.slice(0, QUOTE).replace(/\s+\S*$/, "")} …` : citation.quote
  const open = press("Open the source", () => view.dom.dispatchEvent(new CustomEvent("open-passage", { detail: id, bubbles: true, composed: true })), { class: "quiet" })
  return el("div", { class: "cite" }, el("strong", {}, citation.title), el("p", { class: "facts" }, facts), el("blockquote", {}, quote), open)
}

