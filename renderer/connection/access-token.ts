const key = 'assay.token';

/**
 * The token from the address's fragment, kept for this tab and taken out of the address bar and the history, so that it
 * is neither seen over a shoulder nor kept by the browser. false: there was none, and the kept token stays as it is.
 */
export function takeTokenFromAddress(location: Location, history: History, storage: Storage): boolean {
	const given = new URLSearchParams(location.hash.slice(1)).get('token');
	if (given === null) return false;
	storage.setItem(key, given);
	history.replaceState(null, '', location.pathname + location.search);
	return true;
}

export function storeToken(storage: Storage, token: string): void {
	storage.setItem(key, token);
}

/** The token of this tab, if it has one. */
export function readToken(storage: Storage): string | null {
	return storage.getItem(key);
}
