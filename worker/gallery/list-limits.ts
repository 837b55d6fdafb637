/** Images on a page of the list. */
export const LIST_LIMIT_MAX = 100
export const LIST_LIMIT_DEFAULT = 50

/** Of the words that prompts are searched for. */
export const LIST_WORDS_MAX_CHARACTERS = 200
