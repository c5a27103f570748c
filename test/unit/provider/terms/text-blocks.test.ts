import { expect } from 'chai'
import { textBlocks } from '../../../../provider/terms/text-blocks.ts'

const read = (text: string): string[] =>
  textBlocks(text).map((block) => `${block.kind}: ${block.text}`)

describe('a text of terms', () => {
  it('is its paragraphs, with an empty line between them', () => {
    expect(read('One\nand a half.\n\n\n  Two.\r\n\r\nThree.')).to.deep.equal([
      'paragraph: One and a half.',
      'paragraph: Two.',
      'paragraph: Three.',
    ])
  })

  it('has headings and lists, and items may go over several lines', () => {
    expect(read('# Title #\nText.\n## Part\n- one\n  more\n* two\n\nEnd.')).to.deep.equal([
      'heading: Title',
      'paragraph: Text.',
      'heading: Part',
      'item: one more',
      'item: two',
      'paragraph: End.',
    ])
  })

  it('keeps the numbers of what is numbered', () => {
    expect(read('1. one\n2) two\n(a) three\n2026 was long.')).to.deep.equal([
      'item: 1. one',
      'item: 2) two',
      'item: (a) three 2026 was long.',
    ])
  })

  it('says everything that stands in it, markup and all', () => {
    const text =
      'You *must* [read](https://a.example) <b>this</b>.\n\n<!-- and this -->\n\n#not a heading'
    expect(read(text)).to.deep.equal([
      'paragraph: You *must* [read](https://a.example) <b>this</b>.',
      'paragraph: <!-- and this -->',
      'paragraph: #not a heading',
    ])
  })

  it('is nothing if there is nothing', () => {
    expect(read(' \n\n\t')).to.deep.equal([])
  })
})
