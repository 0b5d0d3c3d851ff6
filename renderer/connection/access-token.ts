const key = 'assay.token';

/**
 * Takes the token from the address's fragment and stores it for this tab. Removes it from the address bar and the
 * history, so that nobody sees it and the browser does not keep it. Returns false if there was none; a stored token
 * then stays.
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

/** Reads the tab's token, if there is one. */
export function readToken(storage: Storage): string | null {
	return storage.getItem(key);
}
