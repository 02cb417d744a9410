"""How a paper looks in print: typst source that reads its texts from `sys.inputs.memo` as JSON.

It never evaluates a text: every value is set as a string, so this file is the only markup there is.
"""

from __future__ import annotations

LAYOUT = r"""
#let d = json(bytes(sys.inputs.memo))
#let ink = rgb("#111111")
#let quiet = rgb("#4a4f4d")
#let rule = rgb("#9aa3a0")

#set document(title: d.title)
#set page(
  paper: "a4",
  margin: (top: 18mm, bottom: 18mm, left: 25mm, right: 20mm),
  header: align(center, text(size: 8.5pt, weight: "bold", tracking: 1pt, d.classification)),
  footer: context {
    set text(size: 8pt, fill: quiet)
    align(center, text(weight: "bold", fill: ink, tracking: 1pt, d.classification))
    v(-0.4em)
    grid(columns: (1fr, auto), column-gutter: 8mm,
      block(height: 1.1em, clip: true, d.running),
      [Halaman #counter(page).display("1 / 1", both: true)])
  },
)
#set text(
  font: ("Libertinus Serif", "DejaVu Sans Mono"), size: d.size * 1pt, fill: ink, lang: "id", hyphenate: false,
)
#set par(leading: 0.58em, spacing: 0.75em)
#show heading.where(level: 1): it => align(center, block(above: 0.9em, below: 0.8em,
  text(size: 13pt, weight: "bold", it.body)))
#show heading.where(level: 2): it => block(above: 1.15em, below: 0.6em, sticky: true,
  text(size: 1em, weight: "bold", it.body))
#show heading.where(level: 3): it => block(above: 0.9em, below: 0.5em, sticky: true,
  text(size: 1em, weight: "bold", it.body))
#let soft(body) = text(size: 0.88em, fill: quiet, body)
#let lines(all, empty) = if all.len() == 0 { par(emph(text(fill: quiet, empty))) } else {
  for one in all { par(justify: true, one) }
}
#let goes(one) = if one.link == "" { [#one.name (tanpa tautan)] } else {
  [#one.name, #link(one.link, text(size: 0.86em, fill: rgb("#0b4f6c"), one.shown))]
}
#let fact(one) = grid(
  columns: (7mm, 1fr), row-gutter: 0.5em,
  [#one.number.],
  {
    par[#one.at: #one.sentence #one.quoted]
    par(soft(goes(one.source)))
    if one.reprints.len() > 0 {
      par(soft[Naskah yang sama: #one.reprints.map(each => [#each.at, #goes(each)]).join("; ")])
    }
  },
)
#let pairs(all) = grid(
  columns: (42mm, 3mm, 1fr), row-gutter: 0.62em,
  ..all.map(row => (row.at(0), [:], row.at(1))).flatten(),
)
#let grid-table(head, all, sizes) = table(
  columns: sizes, inset: (x: 4pt, y: 3.5pt), align: left + top, stroke: 0.5pt + rule,
  table.header(..head.map(word => text(size: 0.9em, weight: "bold", word))),
  ..all.flatten().map(word => text(size: 0.9em, word)),
)
#let section(part) = {
  if part.kind == "chapter" {
    heading(level: 2, part.title)
    if part.note != "" { par(soft(part.note)) }
  } else {
    if part.title != "" { heading(level: 3, part.title) }
    if part.kind == "text" { lines(part.lines, part.empty) }
    if part.kind == "rows" { pairs(part.rows) }
    if part.kind == "table" {
      if part.rows.len() == 0 { lines((), part.empty) } else {
        grid-table(part.head, part.rows, (50mm, 1fr))
      }
    }
    if part.kind == "facts" {
      part.facts.map(one => block(below: 0.9em, fact(one))).join()
      if part.more != "" { par(soft(part.more)) }
    }
    if part.kind == "checklist" {
      grid-table(("Pertanyaan", "Jawaban menurut berita", "Dasar"),
        part.rows.map(row => (row.question, row.answer, if row.answered { row.by } else { "–" })),
        (38mm, 1fr, 30mm))
      par(soft(part.note))
    }
  }
}

#align(center)[
  #text(size: 13pt, weight: "bold", d.kop.at(0)) \
  #text(size: 11.5pt, weight: "bold", d.kop.at(1))
]
#v(-0.4em)
#line(length: 100%, stroke: 1.6pt)
#v(-0.8em)
#line(length: 100%, stroke: 0.5pt)

= #d.title
#if d.stamp != "" {
  align(center, box(stroke: 1.2pt + rgb("#9b1030"), inset: (x: 8pt, y: 3pt),
    text(weight: "bold", fill: rgb("#9b1030"), tracking: 1.5pt, d.stamp)))
}
#for one in d.notices {
  block(width: 100%, inset: (x: 6pt, y: 4pt), stroke: (left: 2pt + rgb("#9b1030")), one)
}
#grid(
  columns: (26mm, 3mm, 1fr), row-gutter: 0.62em,
  ..d.head.map(row => (row.at(0), [:], row.at(1).join(linebreak()))).flatten(),
)
#line(length: 100%, stroke: 0.4pt + rule)
#for part in d.sections { section(part) }
#block(breakable: false, above: 1.6em, width: 100%)[
  #align(right, block(width: 60mm, align(left)[
    #d.sign.at(0) #v(11mm) #line(length: 100%, stroke: 0.5pt) #d.sign.at(2)
  ]))
]
#block(breakable: false, width: 100%, above: 1.2em, inset: (top: 4pt), stroke: (top: 0.5pt + rule))[
  #for one in d.foot { par(soft(one)) }
]
"""
