import type { ClientContext, ClientLink } from '@orpc/client';

/** Why a link ended or could not be opened. `final`: trying again won't help until a person does something. */
export class LinkEnd extends Error {
	readonly final: boolean;

	constructor(message: string, final = false) {
		super(message);
		this.name = 'LinkEnd';
		this.final = final;
	}
}

/** An open way to the application. */
export interface OpenLink {
	readonly link: ClientLink<ClientContext>;
	/** Resolves when it is gone, with the reason. */
	readonly ended: Promise<LinkEnd>;
	close(): void;
}

/** Opens one link; rejects with a LinkEnd. */
export type OpenTransport = () => Promise<OpenLink>;
