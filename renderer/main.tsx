// First of all: it states the order of the cascade layers, on which every other stylesheet relies.
import './design/base.css';
import { windowBridge } from './connection/bridge.ts';
import { connect } from './connection/connection.ts';
import { portTransport } from './connection/port.ts';
import { keepToken, keptToken, takeToken } from './connection/token.ts';
import { webSocketTransport } from './connection/websocket.ts';
import { mount } from './mount.tsx';

takeToken(location, history, sessionStorage);
// The address of an application that was started anew, put into the tab of the one before: only its fragment differs.
addEventListener('hashchange', () => {
	if (takeToken(location, history, sessionStorage)) location.reload();
});

const bridge = windowBridge();
const socketAddress = `${location.protocol === 'https:' ? 'wss:' : 'ws:'}//${location.host}/socket`;
const transport =
	bridge === undefined
		? webSocketTransport(
				socketAddress,
				() => keptToken(sessionStorage),
				(token) => keepToken(sessionStorage, token),
			)
		: portTransport(bridge, window);

mount(connect(transport), document);
