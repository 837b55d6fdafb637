/** The model of a spec that names none: cheap, fast and good. */
export const DEFAULT_MODEL = 'google/gemini-3.1-flash-image'
