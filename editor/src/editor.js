// One draft under the writer's hands: puts the parts together. Its text and its history live as long as the browser
// tab; what is on the screen comes and goes with the page.
import { Annotation, EditorState, Transaction } from "@codemirror/state"
import { EditorView, keymap, placeholder } from "@codemirror/view"
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands"
import { openSearchPanel, search, searchKeymap } from "@codemirror/search"
import { Checks } from "./checks.js"
import { chips, cited, closeCitation, setCited, showCitationAtCursor } from "./citations.js"
import { countWords, readingTime } from "./counts.js"
import { Comments, comments } from "./comments.js"
import { decide } from "./conflict.js"
import { focusMode, setFocusMode } from "./focus.js"
import { helpSheet } from "./help.js"
import { live } from "./journal.js"
import { changesBetween } from "./merge3.js"
import { Outline } from "./outline.js"
import { prose } from "./prose.js"
import { Saving } from "./saving.js"
import { sectionMarks, setSections } from "./sections.js"
import { Shell } from "./shell.js"
import { Asking } from "./suggest/asking.js"
import { deciding, drawnSuggestions } from "./suggest/drawing.js"
import { isOpen, step, suggestions, undoable } from "./suggest/ranges.js"
import { openMenu, redraw, selectionBar } from "./suggest/toolbar.js"
import { Tray } from "./suggest/tray.js"
import { wrapWith } from "./wrapping.js"

const SLOW_MS = 250 // words, outline: what need not follow each keystroke
const CLAIMS_MS = 1500
const TELL_MS = 2500 // after the last save, so that panels beside the text follow without a rerun for each
const REMOTE = Annotation.define()

live()

export class Editor {
  constructor({ draft, api }) {
    Object.assign(this, { draft, api, view: null, state: null, heard: {} })
    this.saving = new Saving(draft, api, this)
    this.asking = new Asking({ api, draft, view: () => this.view, changed: () => this.drawTray() })
    this.checks = new Checks(this)
    this.comments = new Comments(this)
  }

  // ---- what saving asks of the page ------------------------------------------------------------------------------
  read() {
    return { text: this.state.doc.toString(), title: this.titleText }
  }

  write({ text, title }, { first = false } = {}) {
    this.titleText = title
    if (this.shell) this.showTitle()
    if (first) this.begin(text)
    else this.replace(text)
  }

  show(state, sentence) {
    this.shown = [state, sentence]
    this.shell?.show(state, sentence)
  }

  decide(merged) {
    const { page, root } = this.shell
    root.classList.add("deciding")
    return decide(page, merged, this.shadow).finally(() => {
      root.classList.remove("deciding")
      this.view?.focus()
    })
  }

  told(there) {
    this.there = there
    this.dispatch({ effects: [setSections.of(there.sections), setCited.of({ citations: there.citations })] })
    this.countSoon()
    clearTimeout(this.telling)
    this.telling = setTimeout(() => this.tellSaved(there.revision), TELL_MS)
    clearTimeout(this.claiming)
    this.claiming = setTimeout(() => this.loadClaims(), this.claims ? CLAIMS_MS : 0)
  }

  /** A change under an input method's hands would end or garble the word that it composes. */
  async settled() {
    while (this.view?.composing) await new Promise((resolve) => this.view.contentDOM.addEventListener("compositionend", () => setTimeout(resolve), { once: true }))
  }

  origin() {
    return this.asking.origin()
  }

  // ---- the text --------------------------------------------------------------------------------------------------
  begin(text) {
    this.state = EditorState.create({ doc: text, extensions: this.extensions() })
    if (this.shell) this.mountView()
  }

  /** Another text from elsewhere: the cursor stays where it was, and undo takes back the writer's own changes only. */
  replace(text) {
    const changes = changesBetween(this.state.doc.toString(), text)
    if (changes.length) this.dispatch({ changes, annotations: [Transaction.addToHistory.of(false), REMOTE.of(true)] })
  }

  dispatch(spec) {
    if (this.view) this.view.dispatch(spec)
    else if (this.state) this.state = this.state.update(spec).state
  }

  extensions() {
    return [
      history({ minDepth: 1000 }),
      prose(),
      cited,
      chips,
      sectionMarks,
      comments,
      suggestions,
      undoable,
      drawnSuggestions,
      deciding.of({ accept: (id, n) => this.accept(id, n), reject: (id, n) => this.reject(id, n), edit: (id, n) => this.tray.edit(this.view.state, id, n) }),
      selectionBar({ offer: () => this.asking.offer, begin: (action) => this.begun(action), menu: () => this.openAsk() }),
      focusMode,
      search({ top: true }),
      placeholder("Write here. A line that begins with “## ” starts a section."),
      EditorView.contentAttributes.of({ "aria-label": "Text of the draft", tabindex: "0", spellcheck: "true", autocapitalize: "sentences", autocorrect: "on" }),
      keymap.of([...this.keys(), ...historyKeymap, ...searchKeymap.filter(({ key }) => key !== "Alt-g"), ...defaultKeymap.filter(({ key }) => key !== "Mod-Enter")]),
      EditorView.updateListener.of((update) => this.updated(update)),
    ]
  }

  keys() {
    const run = (act) => () => act() !== false
    return [
      { key: "Mod-s", run: run(() => void this.saving.save()) },
      { key: "Mod-j", run: run(() => void this.openAsk()) },
      { key: "Mod-/", run: run(() => this.openHelp()) },
      { key: "Mod-b", run: wrapWith("**") },
      { key: "Mod-i", run: wrapWith("*") },
      { key: "Alt-o", run: run(() => this.toggleOutline()) },
      { key: "Alt-f", run: run(() => this.toggleFocus()) },
      { key: "Alt-c", run: showCitationAtCursor },
      { key: "F8", run: (view) => step(view, true), shift: (view) => step(view, false) },
      { key: "Mod-Enter", run: run(() => this.onActive((id, n) => this.accept(id, [n]))), shift: run(() => this.onActive((id) => this.accept(id, this.asking.all(id)))) },
      { key: "Alt-Enter", run: run(() => this.onActive((id, n) => this.tray.edit(this.view.state, id, n))) },
      { key: "Escape", run: (view) => closeCitation(view) || this.escape() },
    ]
  }

  updated(update) {
    this.state = update.state
    if (update.docChanged) {
      this.countSoon()
      this.checks.changed()
      if (!update.transactions.every((transaction) => transaction.annotation(REMOTE))) this.saving.changed()
    } else if (update.selectionSet) {
      this.outlineSoon()
      if (!update.state.selection.main.empty && !this.asking.offer) this.asking.load().then((offer) => offer && this.dispatch({ effects: redraw.of(null) }))
    }
    for (const { id } of update.state.field(suggestions).groups) if (reopened(update, id)) this.asking.report(id)
    if (update.state.field(suggestions) !== update.startState.field(suggestions)) this.drawTray()
  }

  countSoon() {
    this.counting ??= setTimeout(() => {
      this.counting = null
      if (!this.shell || !this.state) return
      const words = countWords(this.state.doc.toString())
      this.shell.progress(words, this.there?.target, readingTime(words))
      this.drawOutline()
    }, SLOW_MS)
  }

  outlineSoon() {
    this.outlining ??= setTimeout(() => {
      this.outlining = null
      this.drawOutline()
    }, SLOW_MS)
  }

  drawOutline() {
    if (this.view && this.shell && !this.shell.outline.hidden) this.outline.draw()
  }

  async loadClaims() {
    try {
      const answer = await fetch(`${this.api}/drafts/${encodeURIComponent(this.draft)}/claims`)
      if (!answer.ok) return
      this.claims = (await answer.json()).claims
      this.dispatch({ effects: setCited.of({ claims: this.claims }) })
    } catch {
      // the chips stay as they are
    }
  }

  // ---- suggestions -----------------------------------------------------------------------------------------------
  begun(action) {
    if (action.choices?.length || action.has_instruction) this.openAsk(action)
    else this.asking.start(action)
  }

  accept(id, numbers) {
    this.asking.accept(id, numbers)
    this.view.focus()
  }

  reject(id, numbers) {
    this.asking.reject(id, numbers)
    this.view.focus()
  }

  onActive(act) {
    const { active, groups } = this.view.state.field(suggestions)
    const hunk = groups.find(({ id }) => id === active?.id)?.hunks.find(({ n }) => n === active.n)
    if (!hunk || !isOpen(hunk)) return false
    act(active.id, active.n)
  }

  /** First what is being written, then the change in hand. */
  escape() {
    const running = [...this.asking.running.keys()].at(-1)
    if (running) {
      this.asking.stop(running)
      return true
    }
    if (this.onActive((id, n) => this.reject(id, [n])) !== false) return true
    const { groups } = this.view.state.field(suggestions)
    const done = groups.findLast(({ phase, hunks }) => ["failed", "stopped", "choosing", "ready"].includes(phase) && !hunks.some(isOpen))
    if (done) this.asking.drop(done.id)
    return Boolean(done)
  }

  async openAsk(action = null) {
    const offered = await this.asking.load()
    if (!this.view || this.menu) return
    if (!offered) return this.asking.cannot("Suggestions cannot be asked for now: the server does not answer. Your text is untouched.")
    const { main } = this.view.state.selection
    const offer = action ? { ...offered, actions: [action], passes: [] } : offered
    this.menu = true
    openMenu(this.shell.root, {
      offer,
      hasSelection: !main.empty,
      chosen: (item, more) => this.asking.start(item, more),
      passed: (item, more) => this.asking.pass(item, more),
      costOf: (pass) => this.asking.cost(pass),
      prompts: () => this.asking.prompts(),
      closed: () => {
        this.menu = false
        this.view?.focus()
      },
    })
  }

  drawTray() {
    if (this.tray && this.view) this.tray.draw(this.view.state)
  }

  // ---- on the screen ---------------------------------------------------------------------------------------------
  mount(parent, component) {
    this.component = component
    this.shadow = parent instanceof ShadowRoot ? parent : document
    this.shell = new Shell(parent, {
      titled: () => this.titled(),
      focus: () => this.view?.focus(),
      outline: () => this.toggleOutline(),
      ask: () => this.openAsk(),
      find: () => this.view && openSearchPanel(this.view),
      focusMode: () => this.toggleFocus(),
      help: () => this.openHelp(),
    })
    this.outline = new Outline(this.shell.outline, { view: () => this.view, chosen: () => this.shell.narrow && this.shell.toggleOutline(false) })
    this.tray = new Tray(this.shell.tray, this.asking, { step: (forward) => step(this.view, forward), focus: () => this.view.focus() })
    this.shell.root.addEventListener("keydown", (event) => event.stopPropagation()) // the page's own keys are single letters
    this.shell.root.addEventListener("open-passage", (event) => this.tellPage("opened", { passage: event.detail }))
    if (this.shown) this.shell.show(...this.shown)
    if (!this.shell.narrow && this.shell.root.clientWidth > 900) this.shell.toggleOutline(true)
    if (this.state) {
      this.mountView()
      this.saving.ask()
    } else this.opening = this.open()
  }

  async open() {
    try {
      await this.saving.open()
    } catch (error) {
      console.warn("The draft could not be opened.", error)
      this.show("refused", error.message)
      this.component?.setStateValue("failed", { draft: this.draft, why: error.message, at: Date.now() })
    }
  }

  mountView() {
    this.view = new EditorView({ state: this.state, parent: this.shell.page, root: this.shadow })
    if (this.scroll) requestAnimationFrame(() => this.view && (this.view.scrollDOM.scrollTop = this.scroll))
    this.showTitle()
    this.countSoon()
    this.drawOutline()
    this.drawTray()
    this.checks.open()
    this.comments.open()
  }

  showTitle() {
    if (this.shell.title.value !== this.titleText) this.shell.title.value = this.titleText
    this.shell.fitTitle()
  }

  titled() {
    this.titleText = this.shell.title.value.replace(/\s*\n\s*/g, " ")
    this.shell.fitTitle()
    this.saving.changed()
    this.checks.changed()
  }

  toggleOutline() {
    if (this.shell.toggleOutline()) {
      this.outline.looks = ""
      this.drawOutline()
      if (this.shell.narrow) this.shell.outline.querySelector("button")?.focus()
    }
  }

  toggleFocus() {
    this.focused = !this.focused
    this.shell.setFocus(this.focused)
    setFocusMode(this.view, this.focused)
    this.view.focus()
  }

  openHelp() {
    if (this.help) return this.help()
    this.help = helpSheet(this.shell.root, () => {
      this.help = null
      this.view?.focus()
    })
  }

  /** The page's data again: what it knows of the draft, and which of our messages it has heard. */
  render(component) {
    this.component = component
    const { revision, heard } = component.data
    for (const name of Object.keys(heard ?? {})) if (heard[name] >= (this.heard[name]?.n ?? 0)) clearInterval(this.heard[name]?.again)
    if (this.saving.base && revision > this.saving.base.revision) this.saving.ask()
  }

  tellSaved(revision) {
    if (revision > (this.component?.data.revision ?? Infinity)) this.tellPage("saved", { revision })
  }

  /** Said again until the page has heard it: an event may be lost while the page is being drawn. */
  tellPage(name, value) {
    if (!this.component) return
    clearInterval(this.heard[name]?.again)
    const message = { ...value, draft: this.draft, n: Date.now() }
    let times = 0
    const say = () => {
      this.component?.setStateValue(name, { ...message, times })
      if (++times > 3) clearInterval(this.heard[name].again)
    }
    this.heard[name] = { n: message.n, again: setInterval(say, 2000) }
    say()
  }

  unmount() {
    this.asking.stopAll()
    this.checks.close()
    this.comments.close()
    clearTimeout(this.telling)
    for (const { again } of Object.values(this.heard)) clearInterval(again)
    this.component = null
    if (this.view) {
      this.scroll = this.view.scrollDOM.scrollTop
      this.view.destroy()
      this.view = null
    }
    this.shell.root.remove()
    this.shell = this.tray = this.outline = this.help = null
    if (this.saving.base && this.saving.dirty) this.saving.save()
  }
}

function reopened(update, id) {
  if (!update.transactions.some((transaction) => transaction.isUserEvent("undo") || transaction.isUserEvent("redo"))) return false
  const hunks = (state) => state.field(suggestions).groups.find((group) => group.id === id)?.hunks.map((hunk) => hunk.state).join()
  return hunks(update.startState) !== hunks(update.state)
}
