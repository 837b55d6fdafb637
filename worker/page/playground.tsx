import type { Child } from 'hono/jsx'
import { ASPECT_RATIOS, IMAGE_SIZES, OPTIONAL_FIELDS, type OptionalField } from './form-fields.ts'

/** A model to choose. */
export interface ModelOption {
  readonly id: string
  readonly name: string
}

/** What the form shows when it is sent back, or shared by its URL. */
export type FormValues = Readonly<Record<string, string | undefined>>

/** What is wrong with a field, beside the field. */
export interface FieldProblem {
  readonly field: string
  readonly detail: string
}

export interface PlaygroundProps {
  readonly models: readonly ModelOption[]
  readonly defaultModel: string
  readonly presets: readonly string[]
  readonly values: FormValues
  readonly problem?: FieldProblem | undefined
  readonly needsToken: boolean
}

/** The form that generates an image: posted as it is without script, and taken over by the script where there is one. */
export function Playground({ models, defaultModel, presets, values, problem, needsToken }: PlaygroundProps) {
  const model = values['model'] ?? defaultModel
  const known = models.some(({ id }) => id === model) ? models : [{ id: model, name: model }, ...models]
  return (
    <form method="post" action="/" id="form" class="composer" aria-label="Describe an image" novalidate>
      <Field name="prompt" label="Prompt" problem={problem} class="prompt">
        <textarea
          id="prompt"
          name="prompt"
          rows={4}
          maxlength={32_000}
          placeholder="A lighthouse at dusk, waves, warm light in the lantern"
          aria-describedby="prompt-error"
          aria-invalid={invalid('prompt', problem)}
          autofocus
        >
          {values['prompt']}
        </textarea>
      </Field>

      <Field name="model" label="Model" problem={problem}>
        <select id="model" name="model" aria-describedby="model-facts model-error">
          {known.map(({ id, name }) => (
            <option value={id} selected={id === model}>
              {name}
            </option>
          ))}
        </select>
        <div id="model-facts" class="facts"></div>
      </Field>

      {presets.length > 0 && (
        <Field name="preset" label="Preset" problem={problem}>
          <select id="preset" name="preset">
            <option value="">None</option>
            {presets.map((name) => (
              <option value={name} selected={name === values['preset']}>
                {name}
              </option>
            ))}
          </select>
        </Field>
      )}

      <Choices name="aspect_ratio" label="Shape" problem={problem}>
        <Choice name="aspect_ratio" value="" isChosen={!values['aspect_ratio']}>
          <Shape />
          <span>Any</span>
        </Choice>
        {ASPECT_RATIOS.map((ratio) => (
          <Choice name="aspect_ratio" value={ratio} isChosen={ratio === values['aspect_ratio']}>
            <Shape ratio={ratio} />
            <span>{ratio}</span>
          </Choice>
        ))}
      </Choices>

      <Choices name="image_size" label="Size" problem={problem}>
        <Choice name="image_size" value="" isChosen={!values['image_size']}>
          <span>Default</span>
        </Choice>
        {IMAGE_SIZES.map((size) => (
          <Choice name="image_size" value={size} isChosen={size === values['image_size']}>
            <span>{size}</span>
          </Choice>
        ))}
      </Choices>

      <Field name="input_images" label="Input images" problem={problem} hint="https URLs, one a line.">
        <textarea
          id="input_images"
          name="input_images"
          rows={2}
          placeholder="https://example.com/logo.png"
          aria-describedby="input_images-hint input_images-error"
        >
          {values['input_images']}
        </textarea>
        <div id="attachments"></div>
      </Field>

      <details
        class="more"
        open={OPTIONAL_FIELDS.some(({ name }) => values[name] || problem?.field === name)}
      >
        <summary>More options</summary>
        <div class="grid">
          {OPTIONAL_FIELDS.map((field) => (
            <Optional field={field} value={values[field.name]} problem={problem} />
          ))}
        </div>
      </details>

      {needsToken && (
        <noscript>
          <Field
            name="token"
            label="Token"
            hint="Generating takes a token on this Easel. It is sent once, in the form."
          >
            <input id="token" name="token" type="password" autocomplete="off" />
          </Field>
        </noscript>
      )}

      <div class="actions">
        <button type="submit" class="primary" id="generate">
          Generate
        </button>
        <p id="estimate" class="estimate" aria-live="polite"></p>
      </div>
    </form>
  )
}

interface FieldProps {
  readonly name: string
  readonly label: string
  readonly hint?: string | undefined
  readonly problem?: FieldProblem | undefined
  readonly class?: string
  readonly children?: Child
}

function Field({ name, label, hint, problem, children, ...props }: FieldProps) {
  return (
    <div class={`field ${props.class ?? ''}`.trim()} data-field={name}>
      <label for={name}>{label}</label>
      {children}
      {hint && (
        <p class="hint" id={`${name}-hint`}>
          {hint}
        </p>
      )}
      <FieldError name={name} problem={problem} />
    </div>
  )
}

function Choices({ name, label, problem, children }: FieldProps) {
  return (
    <fieldset class="field" data-field={name}>
      <legend>{label}</legend>
      <div class="choices">{children}</div>
      <FieldError name={name} problem={problem} />
    </fieldset>
  )
}

function Choice(props: {
  readonly name: string
  readonly value: string
  readonly isChosen: boolean
  readonly children?: Child
}) {
  return (
    <label class="choice">
      <input type="radio" name={props.name} value={props.value} checked={props.isChosen} />
      {props.children}
    </label>
  )
}

function Optional({
  field,
  value,
  problem,
}: {
  readonly field: OptionalField
  readonly value: string | undefined
  readonly problem: FieldProblem | undefined
}) {
  const { name, label, kind, hint, placeholder, values = [], min, max, step } = field
  const describedBy = `${hint ? `${name}-hint ` : ''}${name}-error`
  const common = { id: name, name, 'aria-describedby': describedBy, 'aria-invalid': invalid(name, problem) }
  return (
    <Field name={name} label={label} hint={hint} problem={problem} class={kind === 'json' ? 'wide' : ''}>
      {kind === 'select' ? (
        <select {...common}>
          <option value="">Default</option>
          {values.map((one) => (
            <option value={one} selected={one === value}>
              {one}
            </option>
          ))}
        </select>
      ) : (
        <input
          {...common}
          type={kind === 'number' ? 'number' : 'text'}
          value={value}
          min={min}
          max={max}
          step={step}
          placeholder={placeholder}
        />
      )}
    </Field>
  )
}

function FieldError({ name, problem }: Pick<FieldProps, 'name' | 'problem'>) {
  const isHere = problem?.field === name
  return (
    <p class="error" id={`${name}-error`} hidden={!isHere}>
      {isHere ? problem.detail : ''}
    </p>
  )
}

function invalid(name: string, problem: FieldProblem | undefined): 'true' | undefined {
  return problem?.field === name ? 'true' : undefined
}

/** A ratio as a rectangle of constant area. */
function Shape({ ratio }: { readonly ratio?: string }) {
  const [width = 1, height = 1] = (ratio ?? '1:1').split(':').map(Number)
  const scale = Math.sqrt(196 / (width * height))
  const [w, h] = [width * scale, height * scale]
  return (
    <svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" class="shape">
      <rect
        x={(24 - w) / 2}
        y={(24 - h) / 2}
        width={w}
        height={h}
        rx="1.5"
        stroke-dasharray={ratio ? undefined : '2.5 2.5'}
      />
    </svg>
  )
}
