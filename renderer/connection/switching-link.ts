import { type ClientContext, type ClientLink, type ClientOptions, ORPCError } from '@orpc/client';
import { LinkEnd } from './transport.ts';

/**
 * A link that passes calls to whichever link is open now. Without one a call fails at once instead of hanging, and a
 * call whose link goes away under it fails with a LinkEnd: it may have been done or not.
 */
export class SwitchingLink implements ClientLink<ClientContext> {
	#current: ClientLink<ClientContext> | null = null;

	use(link: ClientLink<ClientContext> | null): void {
		this.#current = link;
	}

	async call(path: readonly string[], input: unknown, options: ClientOptions<ClientContext>): Promise<unknown> {
		if (this.#current === null) throw new LinkEnd('Assay is not connected.');
		try {
			return await this.#current.call(path, input, options);
		} catch (error) {
			// Anything the application answers is an ORPCError; the rest is the link, unless the caller gave up itself.
			if (error instanceof ORPCError || options.signal?.aborted) throw error;
			throw new LinkEnd('The connection to Assay was lost during this call.');
		}
	}
}
