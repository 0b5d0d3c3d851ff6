/** The page of one scene: the real page, connected to the scene's fake application. The scene is then acted on it. */
import { storeToken } from '../../renderer/connection/access-token.ts';
import { performStep } from './perform-step.ts';
import type { OpenedScene, Reply, Step } from './steps.ts';

/** A message from a scene to the catalogue around it. */
export type SceneMessage =
	| { scene: 'acting' | 'ready' }
	/** A key that belongs to the catalogue. */
	| { scene: 'key'; key: string }
	| { scene: 'failed'; problem: string };

type ActMessage = { step: Step } | { done: true } | { failed: string };

/** Time in which a page draws its first content, as in the tests, ms. */
const firstLookMs = 300;

const asked = new URLSearchParams(location.search);
const tell = (message: SceneMessage) => parent.postMessage(message, location.origin);

followTheme();
passOnKeys();
await show();

async function show(): Promise<void> {
	const answer = await open();
	if (!answer.ok) return tell({ scene: 'failed', problem: await answer.text() });
	const { token, route } = (await answer.json()) as OpenedScene;
	localStorage.clear();
	sessionStorage.clear();
	storeToken(sessionStorage, token);
	history.replaceState(null, '', `${location.pathname}${location.search}#${route}`);
	await import('../../renderer/main.tsx');
	tell({ scene: 'acting' });
	await untilDrawn();
	act(token);
}

/** The host is briefly unreachable when its sources change. */
async function open(): Promise<Response> {
	for (;;) {
		const name = encodeURIComponent(asked.get('name') ?? '');
		const answer = await fetch(`/scene-host/open?name=${name}`, { method: 'POST' });
		if (answer.status !== 502) return answer;
		await new Promise((resolve) => setTimeout(resolve, 200));
	}
}

async function untilDrawn(): Promise<void> {
	while (document.querySelector('#root > *') === null) await new Promise((resolve) => requestAnimationFrame(resolve));
	await new Promise((resolve) => setTimeout(resolve, firstLookMs));
}

function act(token: string): void {
	const size = `width=${innerWidth}&height=${innerHeight}`;
	const socket = new WebSocket(`ws://${location.host}/scene-host/act?token=${token}&${size}`);
	const reply = (message: Reply) => socket.send(JSON.stringify(message));
	socket.onmessage = async ({ data }: MessageEvent<string>) => {
		const message = JSON.parse(data) as ActMessage;
		if ('done' in message) return tell({ scene: 'ready' });
		if ('failed' in message) return tell({ scene: 'failed', problem: message.failed });
		const { id } = message.step;
		try {
			reply({ id, value: (await performStep(message.step)) ?? null });
		} catch (error) {
			reply({ id, error: error instanceof Error ? error.message : String(error) });
		}
	};
}

/**
 * Passes the catalogue's keys on to it. A scene takes the focus when its screen does, but the catalogue's keys keep
 * working until the scene is clicked. Arrows with Alt always belong to the catalogue.
 */
function passOnKeys(): void {
	let touched = false;
	function touch({ isTrusted }: Event): void {
		if (isTrusted) touched = true;
	}
	addEventListener('pointerdown', touch, true);
	addEventListener(
		'keydown',
		(event) => {
			const { key, altKey, ctrlKey, metaKey, isTrusted } = event;
			const arrow = key === 'ArrowDown' || key === 'ArrowUp';
			const plain = !altKey && !touched && (arrow || ['/', 't', 's', 'r'].includes(key));
			if (!isTrusted || ctrlKey || metaKey || !(plain || (altKey && arrow))) return;
			event.preventDefault();
			event.stopImmediatePropagation();
			tell({ scene: 'key', key });
		},
		true,
	);
}

/** Applies the catalogue's theme whenever the application leaves the theme to the system. */
function followTheme(): void {
	const root = document.documentElement;
	let theme = asked.get('theme') ?? 'light';
	function apply(): void {
		if (root.dataset.theme === undefined) root.dataset.theme = theme;
	}
	new MutationObserver(apply).observe(root, { attributeFilter: ['data-theme'] });
	apply();
	addEventListener('message', ({ data, origin }: MessageEvent<{ theme?: string }>) => {
		if (origin !== location.origin || data.theme === undefined) return;
		if (root.dataset.theme === theme) root.dataset.theme = data.theme;
		theme = data.theme;
	});
}
