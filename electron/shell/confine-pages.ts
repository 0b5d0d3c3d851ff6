import { app, type Session, session } from 'electron';
import { watchInput } from './open-link.ts';
import { pageOrigin } from './page-protocol.ts';

/** What the page may do beyond drawing: write to the clipboard after a click. Everything else is denied. */
const allowedPermissions: readonly string[] = ['clipboard-sanitized-write'];

/**
 * Restricts every page to what Assay serves: no navigation, no new window, no webview, no permission and no request
 * elsewhere, whatever the page contains. None of these leads to the user's browser either: only `openLink` does, after
 * a click.
 */
export function confinePages(log: (line: string) => void): void {
	confineSession(session.defaultSession, log);
	app.on('web-contents-created', (_event, contents) => {
		// Reloading our own page leads nowhere else, so it stays allowed.
		const refuseElsewhere = (event: { preventDefault(): void; url: string }) => {
			if (isOwnPage(event.url)) return;
			event.preventDefault();
			refuse('navigation', event.url, log);
		};
		watchInput(contents);
		contents.on('will-navigate', refuseElsewhere);
		contents.on('will-redirect', (event) => event.preventDefault());
		contents.on('will-frame-navigate', (event) => {
			if (!event.isMainFrame) event.preventDefault();
		});
		contents.on('will-attach-webview', (event) => event.preventDefault());
		contents.setWindowOpenHandler(({ url }) => {
			refuse('new window', url, log);
			return { action: 'deny' };
		});
	});
}

function confineSession(pages: Session, log: (line: string) => void): void {
	const allowed = (permission: string, origin: string) =>
		origin === pageOrigin && allowedPermissions.includes(permission);
	pages.setPermissionRequestHandler((contents, permission, callback) => {
		callback(allowed(permission, originOf(contents.getURL())));
	});
	pages.setPermissionCheckHandler((_contents, permission, origin) => allowed(permission, originOf(origin)));
	pages.setDevicePermissionHandler(() => false);
	// Chromium downloads dictionaries from Google's server; macOS has its own.
	pages.setSpellCheckerEnabled(process.platform === 'darwin');
	// The page may save what it created itself, through the system's dialog; nothing is fetched for that.
	pages.on('will-download', (event, item) => {
		if (!item.getURL().startsWith(`blob:${pageOrigin}/`)) event.preventDefault();
	});
	pages.webRequest.onBeforeRequest((details, callback) => {
		const inside = isOwnPage(details.url) || /^(data|blob|devtools):/.test(details.url);
		if (!inside) refuse('request', details.url, log);
		callback({ cancel: !inside });
	});
}

/** Logs only the scheme: the address may come from a conversation. */
function refuse(what: string, url: string, log: (line: string) => void): void {
	log(`refused a ${what} of the page to ${URL.parse(url)?.protocol ?? 'no scheme'}`);
}

function isOwnPage(url: string): boolean {
	return originOf(url) === pageOrigin;
}

/** `URL.origin` is "null" for unknown schemes, so the origin is assembled here. */
function originOf(url: string): string {
	const address = URL.parse(url);
	return address ? `${address.protocol}//${address.host}` : '';
}
