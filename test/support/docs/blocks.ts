import { fromMarkdown } from 'mdast-util-from-markdown'

type Node = ReturnType<typeof fromMarkdown>['children'][number]

/** A fenced code block of a page. */
export interface Block {
  /** The word after the fence; empty when there is none. */
  readonly language: string
  readonly text: string
  readonly line: number
  /** The headings above it, outermost first. */
  readonly headings: readonly string[]
}

/** The code blocks of a Markdown page, at any depth. */
export function blocksOf(markdown: string): readonly Block[] {
  const blocks: Block[] = []
  let headings: readonly string[] = []
  const walk = (nodes: readonly Node[]): void => {
    for (const node of nodes) {
      if (node.type === 'heading') headings = [...headings.slice(0, node.depth - 1), textOf(node)]
      else if (node.type === 'code') blocks.push(blockOf(node, headings))
      else if ('children' in node) walk(node.children)
    }
  }
  walk(fromMarkdown(markdown).children)
  return blocks
}

function blockOf(
  { lang, value, position }: Extract<Node, { type: 'code' }>,
  headings: readonly string[],
): Block {
  return { language: lang ?? '', text: value, line: position?.start.line ?? 0, headings }
}

function textOf(node: Node): string {
  if ('value' in node) return node.value
  return 'children' in node ? node.children.map(textOf).join('') : ''
}
