import { shell, type WebContents } from 'electron';

/** How long after an input a link may open, ms: as long as Chromium's own activation by the user lasts. */
const activationMs = 5_000;

/** Inputs by which a person chooses something. Scrolling and moving the pointer choose nothing. */
const choosing: ReadonlySet<string> = new Set([
	'mouseDown',
	'mouseUp',
	'rawKeyDown',
	'keyDown',
	'gestureTap',
	'touchEnd',
]);

const lastInput = new WeakMap<WebContents, number>();

/**
 * Notes when a person last pressed a key or a button in the page. These events come from the system: a script in the
 * page, `element.click()` or `dispatchEvent`, causes none.
 */
export function watchInput(contents: WebContents): void {
	contents.on('input-event', (_event, { type }) => {
		if (choosing.has(type)) lastInput.set(contents, performance.now());
	});
}

/**
 * Opens a web address in the user's browser. Throws if it is none, or unless a person has just clicked or pressed a key
 * in this page; an input opens one link, so that no script can use it for more.
 */
export async function openLink(contents: WebContents, address: string): Promise<void> {
	const url = URL.parse(address);
	if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
		throw new Error('only web addresses (https and http) can be opened');
	}
	const inputAt = lastInput.get(contents);
	if (inputAt === undefined || performance.now() - inputAt > activationMs) {
		throw new Error('links open only after a click');
	}
	lastInput.delete(contents);
	await shell.openExternal(url.href);
}
