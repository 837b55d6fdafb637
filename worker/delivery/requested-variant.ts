import { ORIGINAL, type Variant } from '../gallery/variant.ts'
import { negotiate } from './negotiate.ts'
import type { DeliveryParameters } from '../../shared/delivery-parameters.ts'

/** @param headers  of the client; `Accept` decides when the format is `auto` */
export function requestedVariant(
  { width, height, crop, format, quality }: DeliveryParameters,
  headers: Headers,
): Variant {
  const isSized = width !== undefined || height !== undefined
  if (!isSized && format === undefined && quality === undefined) return ORIGINAL
  const chosen = format === 'auto' ? negotiate(headers.get('Accept')) : { format, keep: [] }
  return {
    ...(width !== undefined && { width }),
    ...(height !== undefined && { height }),
    ...(crop !== undefined && { crop }),
    ...(chosen.format && { format: chosen.format }),
    ...(chosen.keep.length > 0 && { keep: chosen.keep }),
    // PNG has no quality: asking for one must not make another variant.
    ...(quality !== undefined && chosen.format !== 'png' && { quality }),
  }
}
