import type { Colour } from './colour.ts'

export type Light = 'dawn' | 'day' | 'golden' | 'dusk' | 'night' | 'storm' | 'overcast'
export type Weather = 'clear' | 'cloudy' | 'rain' | 'snow' | 'fog'
export type Season = 'spring' | 'summer' | 'autumn' | 'winter'
export type SettingName =
  | 'sea'
  | 'mountains'
  | 'forest'
  | 'desert'
  | 'city'
  | 'meadow'
  | 'room'
  | 'space'
  | 'underwater'
  | 'abstract'
export type Style = 'line' | 'watercolor' | 'oil' | 'monochrome' | 'sepia' | 'pastel' | 'neon' | 'pixel'

type Table<T> = readonly (readonly [T, readonly string[]])[]

/** Every word in the singular, as `read` compares it. */
export const LIGHTS: Table<Light> = [
  ['dusk', ['dusk', 'sunset', 'twilight', 'evening', 'nightfall', 'sundown', 'gloaming']],
  ['dawn', ['dawn', 'sunrise', 'daybreak', 'morning', 'first light']],
  [
    'night',
    ['night', 'midnight', 'moonlight', 'moonlit', 'starry', 'nocturnal', 'star', 'dark', 'aurora', 'moon'],
  ],
  ['storm', ['storm', 'stormy', 'thunder', 'lightning', 'tempest', 'hurricane']],
  ['overcast', ['overcast', 'fog', 'foggy', 'mist', 'misty', 'gloomy', 'rain', 'rainy']],
  ['golden', ['golden hour', 'golden light', 'afternoon', 'warm light', 'autumn', 'fall']],
  ['day', ['day', 'noon', 'midday', 'sunny', 'bright', 'summer', 'blue sky', 'daylight']],
]

export const WEATHERS: Table<Weather> = [
  ['rain', ['rain', 'rainy', 'raining', 'storm', 'stormy', 'drizzle', 'thunderstorm', 'tempest']],
  ['snow', ['snow', 'snowy', 'snowing', 'snowfall', 'blizzard', 'winter', 'wintry', 'frozen', 'snowflake']],
  ['fog', ['fog', 'foggy', 'mist', 'misty', 'haze', 'hazy', 'smoke']],
  ['cloudy', ['cloud', 'cloudy', 'overcast']],
  ['clear', ['clear', 'sunny', 'cloudless']],
]

export const SEASONS: Table<Season> = [
  ['winter', ['winter', 'snow', 'snowy', 'wintry', 'ice', 'icy', 'frozen', 'blizzard', 'arctic', 'christma']],
  ['autumn', ['autumn', 'autumnal', 'fall', 'october', 'november', 'harvest']],
  ['spring', ['spring', 'blossom', 'april', 'cherry']],
]

export const SETTINGS: Table<SettingName> = [
  ['underwater', ['underwater', 'under the sea', 'coral', 'reef', 'deep sea', 'seabed', 'aquarium']],
  [
    'space',
    ['space', 'galaxy', 'cosmo', 'orbit', 'universe', 'mars', 'nebula', 'outer space', 'planet', 'asteroid'],
  ],
  [
    'sea',
    [
      'sea',
      'ocean',
      'coast',
      'beach',
      'harbour',
      'harbor',
      'bay',
      'shore',
      'cliff',
      'island',
      'lake',
      'river',
      'seaside',
      'lagoon',
      'wave',
      'port',
      'water',
    ],
  ],
  [
    'mountains',
    [
      'mountain',
      'alp',
      'peak',
      'valley',
      'fjord',
      'summit',
      'volcano',
      'alpine',
      'hill',
      'himalaya',
      'cloud',
    ],
  ],
  ['forest', ['forest', 'wood', 'jungle', 'grove', 'woodland', 'rainforest']],
  ['desert', ['desert', 'dune', 'sahara', 'canyon', 'savanna', 'oasis', 'sand']],
  [
    'city',
    [
      'city',
      'street',
      'town',
      'skyline',
      'downtown',
      'urban',
      'village',
      'skyscraper',
      'cyberpunk',
      'cafe',
      'market',
      'tokyo',
      'london',
      'pari',
      'york',
    ],
  ],
  [
    'room',
    [
      'room',
      'table',
      'desk',
      'kitchen',
      'interior',
      'still life',
      'indoor',
      'window',
      'studio',
      'shelf',
      'workshop',
      'library',
      'product',
      'office',
      'label',
    ],
  ],
  [
    'meadow',
    [
      'meadow',
      'field',
      'garden',
      'grass',
      'farm',
      'countryside',
      'park',
      'prairie',
      'pasture',
      'landscape',
      'orchard',
      'picnic',
      'road',
    ],
  ],
  [
    'abstract',
    [
      'abstract',
      'geometric',
      'pattern',
      'gradient',
      'texture',
      'wallpaper',
      'shape',
      'minimalist',
      'bauhau',
      'composition',
      'background',
      'diagram',
      'logo',
      'icon',
    ],
  ],
]

export const STYLES: Table<Style> = [
  [
    'line',
    [
      'line art',
      'line drawing',
      'sketch',
      'outline',
      'ink drawing',
      'pencil',
      'engraving',
      'etching',
      'blueprint',
      'lineart',
      'woodcut',
      'doodle',
      'single weight',
    ],
  ],
  ['watercolor', ['watercolor', 'watercolour', 'aquarelle', 'gouache']],
  ['oil', ['oil painting', 'oil', 'impressionist', 'van gogh', 'acrylic', 'painterly', 'canva']],
  ['monochrome', ['monochrome', 'black and white', 'grayscale', 'greyscale', 'noir', 'charcoal']],
  ['sepia', ['sepia', 'vintage', 'daguerreotype', 'antique']],
  ['pastel', ['pastel', 'soft', 'muted', 'kawaii']],
  ['neon', ['neon', 'cyberpunk', 'vaporwave', 'synthwave', 'vibrant']],
  ['pixel', ['pixel art', 'pixel', 'voxel', 'bit']],
]

/** A map, as prompts hold any word: `constructor` is a property of every object. */
export const COLOURS: ReadonlyMap<string, Colour> = new Map(
  Object.entries({
    red: '#c8402f',
    crimson: '#a8243a',
    scarlet: '#d63c2a',
    orange: '#e8803a',
    amber: '#e5a132',
    yellow: '#f0c244',
    golden: '#dfa93c',
    gold: '#dfa93c',
    green: '#4f8f58',
    emerald: '#2b8a68',
    olive: '#7d8544',
    mint: '#9fd6bd',
    teal: '#2b8688',
    turquoise: '#45b5ae',
    cyan: '#4fb8cf',
    blue: '#3a72b5',
    navy: '#25396b',
    indigo: '#44479b',
    azure: '#4f9ddb',
    purple: '#7a4f9e',
    violet: '#7f5cb5',
    lavender: '#b3a2d9',
    lilac: '#b995cc',
    magenta: '#bf3f86',
    pink: '#ea94ab',
    rose: '#da6c83',
    coral: '#f08066',
    peach: '#f6b48f',
    brown: '#84583d',
    beige: '#dcc7a3',
    cream: '#f5e8cc',
    white: '#f6f2ea',
    silver: '#bcc4ca',
    gray: '#8b9298',
    grey: '#8b9298',
    black: '#2a2a33',
  }),
)
