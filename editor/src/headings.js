// Where sections and headings begin: the same rule as writer/domain/manuscript.py, code fences left out.
const HEADING = /^(#{1,3})(?:[ \t]+(.*))?$/
const MARK = /^<!-- ([a-z][a-z-]{0,30}) -->\s*$/
const FENCE = /^ {0,3}(`{3,}|~{3,})(.*)$/

/** [{level, text, role, from, line}] in order. A section mark has level 2 and a role instead of a text. */
export function headings(doc) {
  const found = []
  let fence = ""
  let number = 0
  let from = 0
  for (const iterator = doc.iterLines(); !iterator.next().done; ) {
    const line = iterator.value
    number += 1
    if (fence) {
      const close = FENCE.exec(line)
      if (close?.[1].startsWith(fence) && !close[2].trim()) fence = ""
    } else {
      fence = opened(line)
      const heading = line.startsWith("#") && HEADING.exec(line)
      const mark = line.startsWith("<!--") && MARK.exec(line)
      if (heading) found.push({ level: heading[1].length, text: (heading[2] ?? "").trim(), role: "", from, line: number })
      else if (mark) found.push({ level: 2, text: "", role: mark[1], from, line: number })
    }
    from += line.length + 1
  }
  return found
}

function opened(line) {
  const match = FENCE.exec(line)
  return match && !(match[1][0] === "`" && match[2].includes("`")) ? match[1] : ""
}

/** Text without Markdown's own marks, for lists of headings. */
export function plain(text) {
  return text.replace(/\[\[[^\]]*\]\]/g, "").replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/[*_`~]+/g, "").trim()
}
