import { randomBytes } from 'node:crypto';
import { tokensMatch } from '../transport/handshake.ts';

/** A link given to the system's opener expires if unused for this long, ms. */
const onceLifetimeMs = 60_000;

export interface Tokens {
	/** Valid as long as the host runs. The host prints it, and authenticated pages keep it. */
	readonly lasting: string;
	/**
	 * Issues a token for one hello within a minute. The program that opens the browser gets it as an argument, and
	 * every user of this computer can list the arguments of every process.
	 */
	issueOnce(): string;
	/** Checks the token of a hello; 'once' means that this hello used it up. */
	accept(given: string): 'lasting' | 'once' | null;
}

export function createTokens(clock: () => number = Date.now, lasting: string = randomToken()): Tokens {
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
