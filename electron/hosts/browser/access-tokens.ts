import { randomBytes } from 'node:crypto';
import { tokensMatch } from '../transport/handshake.ts';

/** A link given to the system's opener expires if unused for this long, ms. */
const openerLifetimeMs = 60_000;

/** Unused links to remember; the oldest ones expire. Each second start of the command prints a new one. */
const maxLinks = 100;

/** What a hello's token was: the one of a tab, or a link's, which it used up in exchange for `tab`. */
export type Accepted = { readonly kind: 'tab' } | { readonly kind: 'link'; readonly tab: string };

export interface Tokens {
	/** Issues the token of a printed link, for one hello, so that what the browser's history keeps is worthless. */
	issueLink(): string;
	/**
	 * The same, within a minute. The program that opens the browser gets it as an argument, and every user of this
	 * computer can list the arguments of every process.
	 */
	issueForOpener(): string;
	/** Checks the token of a hello. A link's is exchanged for a tab's, which is valid as long as the host runs. */
	accept(given: string): Accepted | null;
	/** Whether it is the token of a tab. */
	isTab(given: string): boolean;
}

/** `tab`: a tab's token that is valid from the start. */
export function createTokens(clock: () => number = Date.now, tab: string | null = null): Tokens {
	const links = new Map<string, number>();
	const tabs = new Set<string>(tab === null ? [] : [tab]);
	function issue(lifetimeMs: number): string {
		const token = randomToken();
		links.set(token, clock() + lifetimeMs);
		for (const old of [...links.keys()].slice(0, -maxLinks)) links.delete(old);
		return token;
	}
	// Looks at every token, so that the time tells nothing.
	const find = (tokens: Iterable<string>, given: string) => [...tokens].find((token) => tokensMatch(given, token));
	return {
		issueLink: () => issue(Number.POSITIVE_INFINITY),
		issueForOpener: () => issue(openerLifetimeMs),
		accept(given) {
			if (find(tabs, given) !== undefined) return { kind: 'tab' };
			const link = find(links.keys(), given);
			const until = link === undefined ? undefined : links.get(link);
			if (link === undefined || until === undefined) return null;
			links.delete(link);
			if (until < clock()) return null;
			const issued = randomToken();
			tabs.add(issued);
			return { kind: 'link', tab: issued };
		},
		isTab: (given) => find(tabs, given) !== undefined,
	};
}

function randomToken(): string {
	return randomBytes(32).toString('base64url');
}
