// Must come first: it declares the order of the cascade layers, on which all other stylesheets rely.
import './design/base.css';
import { readToken, storeToken, takeTokenFromAddress } from './connection/access-token.ts';
import { connect } from './connection/connection.ts';
import { createMessagePortTransport } from './connection/message-port-transport.ts';
import { createWebSocketTransport } from './connection/websocket-transport.ts';
import { getWindowBridge } from './connection/window-bridge.ts';
import { mount } from './mount.tsx';

takeTokenFromAddress(location, history, sessionStorage);
// The user opened the address of a restarted application in the old tab: only the fragment differs.
addEventListener('hashchange', () => {
	if (takeTokenFromAddress(location, history, sessionStorage)) location.reload();
});

const bridge = getWindowBridge();
const socketAddress = `${location.protocol === 'https:' ? 'wss:' : 'ws:'}//${location.host}/socket`;
const transport =
	bridge === undefined
		? createWebSocketTransport(
				socketAddress,
				() => readToken(sessionStorage),
				(token) => storeToken(sessionStorage, token),
			)
		: createMessagePortTransport(bridge, window);

mount(connect(transport), document);
