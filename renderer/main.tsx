// Must come first: it declares the order of the cascade layers, on which all other stylesheets rely.
import './design/base.css';
import { createTabTokens, takeTokenFromAddress } from './connection/access-token.ts';
import { connect } from './connection/connection.ts';
import { createMessagePortTransport } from './connection/message-port-transport.ts';
import { cleanOrigin, moveToApplication, readOldStorage, removeOldStorage } from './connection/old-storage.ts';
import type { OpenTransport } from './connection/transport.ts';
import { createWebSocketTransport } from './connection/websocket-transport.ts';
import { getWindowBridge } from './connection/window-bridge.ts';
import { loadLanguage } from './messages/language.ts';

// The user opened a link in a tab that has the page already: only the fragment differs.
addEventListener('hashchange', () => {
	if (takeTokenFromAddress(location, history, sessionStorage)) location.reload();
});

// Read before anything else: a link makes the browser remove what other programs left at this address.
const old = readOldStorage(localStorage, sessionStorage);
const bridge = getWindowBridge();
// Before anything is awaited: the address may change meanwhile, and the token with it.
const isLink = bridge === undefined && takeTokenFromAddress(location, history, sessionStorage);
// Everything below may say something: a refused connection does, and the modules of the page hold texts.
await loadLanguage(document.documentElement);
const connection = connect(bridge === undefined ? openTab() : createMessagePortTransport(bridge, window));
if (old !== null) {
	const stop = connection.onReady(() => {
		moveToApplication(connection.client, old).then(
			() => {
				stop();
				removeOldStorage(localStorage, sessionStorage);
			},
			// The next connect tries again.
			() => {},
		);
	});
}
const { mount } = await import('./mount.tsx');
mount(connection, document);

function openTab(): OpenTransport {
	const cleaned = isLink ? cleanOrigin() : Promise.resolve();
	const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
	const open = createWebSocketTransport(`${scheme}//${location.host}/socket`, createTabTokens(sessionStorage));
	return async () => {
		await cleaned;
		return open();
	};
}
