import { randomBytes } from 'node:crypto';
import { tokensMatch } from '../transport/handshake.ts';

/** A link that was handed to the system's opener and not used by then is worth nothing, ms. */
const onceLifetimeMs = 60_000;

export interface Tokens {
	/** Valid as long as the host runs. It is printed, and kept by the pages that have proved themselves. */
	readonly lasting: string;
	/**
	 * A token for one hello within a minute. What opens a browser gets it as an argument, and every user of this
	 * computer can list the arguments of every process.
	 */
	issueOnce(): string;
	/** Whether a hello with this token is welcome, and whether that used it up. */
	accept(given: string): 'lasting' | 'once' | null;
}

export function createTokens(clock: () => number = Date.now): Tokens {
	const lasting = randomToken();
	const once = new Map<string, number>();
	return {
		lasting,
		issueOnce() {
			const token = randomToken();
			once.set(token, clock() + onceLifetimeMs);
			return token;
		},
		accept(given) {
			if (tokensMatch(given, lasting)) return 'lasting';
			for (const [token, until] of once) {
				if (until < clock()) once.delete(token);
				else if (tokensMatch(given, token)) return once.delete(token) ? 'once' : null;
			}
			return null;
		},
	};
}

function randomToken(): string {
	return randomBytes(32).toString('base64url');
}
