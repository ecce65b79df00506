import { Facet } from '@codemirror/state';

import { findWords, type FindWords } from './words';

/** The language of the find panel, which lives outside every component. */
export const findWordsFacet = Facet.define<FindWords, FindWords>({
  combine: (values) => values[0] ?? findWords.en,
});
