// Hits are measured against this Worker, which only returns the R2 object.

interface Env {
  readonly BUCKET: R2Bucket
}

export default {
  async fetch(_request, env) {
    const object = await env.BUCKET.get('image')
    return object
      ? new Response(object.body, { headers: { 'Content-Type': 'image/png' } })
      : new Response(null, { status: 404 })
  },
} satisfies ExportedHandler<Env>
