// The reading view: an article, a version, a passage. Text arrives as HTML from the one renderer (`html`) or as plain
// text, which only ever becomes text nodes.
const seen = new WeakMap()

function el(tag, className, text) {
  const node = document.createElement(tag)
  if (className) node.className = className
  if (text !== undefined) node.textContent = text
  return node
}

function list(tag, className, texts) {
  const node = el(tag, className)
  for (const text of texts) node.append(el("li", "", text))
  return node
}

function gapCard(gap) {
  const card = el("aside", "gap")
  card.setAttribute("role", "note")
  card.append(el("strong", "", "The sources do not say"))
  if (gap.missing.length) card.append(list("ul", "", gap.missing))
  if (gap.queries.length) card.append(el("span", "", "Look for"), list("ul", "chips", gap.queries))
  card.append(el("p", "", "Find or add a source that covers this, write it yourself, or leave the section out."))
  return card
}

function fold(told, nodes) {
  const view = el("details", "fold")
  view.append(el("summary", "", told), ...nodes)
  return view
}

// A piece is [kind, text]: "=" stands in both, "-" and "+" in one; ["fold", told, text] is hidden until it is opened.
function diffNodes(pieces) {
  return pieces.map(([kind, text, hidden]) => {
    if (kind === "=") return document.createTextNode(text)
    return kind === "fold" ? fold(text, [hidden]) : el(kind === "+" ? "ins" : "del", "", text)
  })
}

function diffView(pieces) {
  const view = el("div", "diff")
  view.append(...diffNodes(pieces))
  return view
}

function besideView(rows) {
  const view = el("div", "beside")
  view.append(...rows.map((row) => (row.fold ? fold(row.fold, row.rows.map(besideRow)) : besideRow(row))))
  return view
}

function besideRow({ left, right }) {
  const row = el("div", "row")
  for (const [label, pieces] of [["Before", left], ["After", right]]) {
    const side = el("div", "diff")
    side.setAttribute("role", "group")
    side.setAttribute("aria-label", label)
    side.append(...diffNodes(pieces))
    row.append(side)
  }
  return row
}

// Who wrote what: [text, kind, told]; white space between sentences has no kind.
function originView(marks) {
  const view = el("p", "diff")
  for (const [text, kind, told] of marks) {
    if (!kind) view.append(text)
    else {
      const mark = el("mark", `origin ${kind}`, text)
      mark.title = told
      view.append(mark)
    }
  }
  return view
}

function sectionView(section) {
  const node = el("section")
  if (section.heading) node.append(el("h2", "", section.heading))
  if (section.gap) node.append(gapCard(section.gap))
  if (section.diff) node.append(diffView(section.diff))
  if (section.rows) node.append(besideView(section.rows))
  if (section.marks) node.append(originView(section.marks))
  if (section.html) {
    const body = el("div")
    body.innerHTML = section.html // cleaned on the server by writer.security.render
    node.append(body)
  }
  if (section.flags?.length) node.append(list("ul", "flags", section.flags))
  if (section.empty) node.append(el("p", "empty", section.empty))
  return node
}

function referenceList(references) {
  const node = el("section", "references")
  node.append(el("h2", "", "References"))
  const items = el("ol")
  for (const reference of references) {
    const item = el("li")
    item.id = `ref-${reference.number}`
    item.append(el("span", "n", `${reference.number}`), el("span", "", [reference.title, reference.where].filter(Boolean).join(" · ")))
    items.append(item)
  }
  node.append(items)
  return node
}

function claimCard(claim) {
  const card = el("div", "card")
  card.setAttribute("role", "dialog")
  card.setAttribute("aria-label", `What the check says: ${claim.status}`)
  card.append(el("strong", "", claim.status))
  if (claim.notes.length) card.append(list("ul", "reasons", claim.notes))
  if (claim.title) card.append(el("span", "where", `${claim.title} · ${claim.where}`))
  if (claim.quote.length) {
    const [before, sentence, after] = claim.quote
    const quote = el("p", "quote")
    quote.tabIndex = 0
    quote.append(before, el("mark", "", sentence), after)
    card.append(quote)
  }
  return card
}

function citationCards(root, references, claims) {
  const byNumber = new Map(references.map((reference) => [`${reference.number}`, reference]))
  let open = null
  const close = () => {
    open?.link.setAttribute("aria-expanded", "false")
    open?.card.remove()
    open = null
  }
  const show = (link, reference) => {
    const card = el("div", "card")
    card.setAttribute("role", "dialog")
    card.setAttribute("aria-label", `Source of citation ${reference.number}`)
    const quote = el("p", "quote", reference.quote)
    quote.tabIndex = 0
    card.append(el("strong", "", reference.title), el("span", "where", reference.where), quote)
    place(link, card)
  }
  const place = (link, card) => {
    root.append(card)
    const at = link.getBoundingClientRect()
    const frame = root.getBoundingClientRect()
    card.style.top = `${at.bottom - frame.top + 8}px`
    card.style.left = `${Math.max(4, Math.min(at.left - frame.left - 40, frame.width - card.offsetWidth - 4))}px`
    link.setAttribute("aria-expanded", "true")
    open = { link, card }
  }
  root.onclick = (event) => {
    const chip = event.target.closest?.("button.claim")
    if (chip) {
      const again = open?.link === chip
      close()
      const claim = claims[Number(chip.dataset.claim)]
      if (!again && claim) {
        const card = claimCard(claim)
        place(chip, card)
        card.querySelector("mark")?.scrollIntoView({ block: "nearest" })
      }
      return
    }
    const link = event.target.closest?.("sup.citation a")
    if (!link) return event.target.closest?.(".card") ? undefined : close()
    event.preventDefault()
    const again = open?.link === link
    close()
    const reference = byNumber.get(link.textContent)
    if (!again && reference) show(link, reference)
  }
  root.onkeydown = (event) => {
    if (event.key !== "Escape" || !open) return
    const { link } = open
    close()
    link.focus()
  }
}

export default function ({ data, parentElement }) {
  const now = JSON.stringify(data)
  if (seen.get(parentElement) === now) return
  seen.set(parentElement, now)
  const root = parentElement.querySelector(".root")
  root.replaceChildren()
  const paper = el("article", "paper")
  paper.setAttribute("aria-label", data.label)
  if (data.lead) paper.append(el("p", "lead", data.lead))
  for (const section of data.sections) paper.append(sectionView(section))
  if (data.references.length) paper.append(referenceList(data.references))
  root.append(paper)
  citationCards(root, data.references, data.claims ?? [])
}
