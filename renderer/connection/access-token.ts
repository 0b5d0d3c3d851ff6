/** Storage key of the tab's token, or of the link's until it is exchanged. */
const key = 'assay.token';

/** Name of the channel between the tabs of one origin. */
const channelName = 'assay.token';

/** How long another tab may take to answer, in ms; a tab in the background answers as fast as one in front. */
const otherTabMs = 400;

type TabMessage = { readonly type: 'ask' } | { readonly type: 'token'; readonly token: string };

/** Where a tab's token comes from and goes. */
export interface TabTokens {
	/** The token in this tab's own storage. */
	own(): string | null;
	/** The token of another tab of this origin, which the user opened by a link; null if there is none. */
	fromOtherTab(): Promise<string | null>;
	/** The host accepted the token as a tab's: keeps it for reloads, and for other tabs that ask. */
	keep(token: string): void;
}

/**
 * Takes the token from the address's fragment and stores it for this tab. Removes it from the address bar and the
 * history, so that nobody sees it. Returns false if there was none; a stored token then stays.
 */
export function takeTokenFromAddress(location: Location, history: History, storage: Storage): boolean {
	const given = new URLSearchParams(location.hash.slice(1)).get('token');
	if (given === null) return false;
	storage.setItem(key, given);
	history.replaceState(null, '', location.pathname);
	return true;
}

/** Creates the tab's tokens, in the tab's own `storage`, and answers other tabs that have none. */
export function createTabTokens(storage: Storage): TabTokens {
	let accepted: string | null = null;
	const answers = new BroadcastChannel(channelName);
	answers.addEventListener('message', ({ data }: MessageEvent<TabMessage>) => {
		if (data.type === 'ask' && accepted !== null) answers.postMessage({ type: 'token', token: accepted });
	});
	return {
		own: () => readToken(storage),
		fromOtherTab: () =>
			new Promise((resolve) => {
				const channel = new BroadcastChannel(channelName);
				function end(token: string | null): void {
					clearTimeout(timer);
					channel.close();
					resolve(token);
				}
				const timer = setTimeout(() => end(null), otherTabMs);
				channel.addEventListener('message', ({ data }: MessageEvent<TabMessage>) => {
					if (data.type === 'token') end(data.token);
				});
				channel.postMessage({ type: 'ask' });
			}),
		keep(token) {
			accepted = token;
			storeToken(storage, token);
		},
	};
}

export function storeToken(storage: Storage, token: string): void {
	storage.setItem(key, token);
}

/** Reads the tab's token, if there is one. */
export function readToken(storage: Storage): string | null {
	return storage.getItem(key);
}
