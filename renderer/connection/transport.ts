import type { ClientContext, ClientLink } from '@orpc/client';

/** The reason why a link ended or could not be opened. `final`: retrying won't help until the user acts. */
export class LinkEnd extends Error {
	readonly final: boolean;

	constructor(message: string, final = false) {
		super(message);
		this.name = 'LinkEnd';
		this.final = final;
	}
}

/** An open link to the application. */
export interface OpenLink {
	readonly link: ClientLink<ClientContext>;
	/** Resolves with the reason when the link ends. */
	readonly ended: Promise<LinkEnd>;
	close(): void;
}

/** Opens one link; rejects with a LinkEnd. */
export type OpenTransport = () => Promise<OpenLink>;
