import { element } from './element.ts'

/** On a page that is there only because a form takes the browser on: sends it. */
element('go-on', HTMLFormElement).submit()
