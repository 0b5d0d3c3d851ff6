import type { Page } from 'playwright-core';
import type { Action, GivenFile, Part, Pattern } from './steps.ts';

/** Performs one step in the browser that shows the scene. */
export type Perform = (path: readonly Part[] | null, action: Action) => Promise<unknown>;

type Text = string | RegExp;
type PlaywrightFile = { name: string; mimeType: string; buffer: Buffer };

function patternOf(text: Text): Pattern {
	return typeof text === 'string' ? text : { source: text.source, flags: text.flags };
}

/** The part of Playwright's Locator that scenes use. Each method is one step in the browser. */
class RemoteLocator {
	readonly #path: readonly Part[];
	readonly #perform: Perform;

	constructor(path: readonly Part[], perform: Perform) {
		this.#path = path;
		this.#perform = perform;
	}

	#to(part: Part): RemoteLocator {
		return new RemoteLocator([...this.#path, part], this.#perform);
	}

	#do(action: Action): Promise<unknown> {
		return this.#perform(this.#path, action);
	}

	getByRole(role: string, options: { name?: Text; exact?: boolean; level?: number } = {}): RemoteLocator {
		const { name, ...rest } = options;
		return this.#to({ by: 'role', role, ...rest, ...(name === undefined ? {} : { name: patternOf(name) }) });
	}

	getByText(text: Text, options: { exact?: boolean } = {}): RemoteLocator {
		return this.#to({ by: 'text', text: patternOf(text), ...options });
	}

	getByLabel(text: Text, options: { exact?: boolean } = {}): RemoteLocator {
		return this.#to({ by: 'label', text: patternOf(text), ...options });
	}

	locator(selector: string): RemoteLocator {
		const text = /^text=(.*)$/.exec(selector)?.[1];
		if (text !== undefined) return this.getByText(text);
		return this.#to({ by: 'css', selector });
	}

	filter({ hasText }: { hasText: Text }): RemoteLocator {
		return this.#to({ by: 'filter', hasText: patternOf(hasText) });
	}

	nth(index: number): RemoteLocator {
		return this.#to({ by: 'nth', index });
	}

	first(): RemoteLocator {
		return this.nth(0);
	}

	last(): RemoteLocator {
		return this.nth(-1);
	}

	click({ button = 'left', modifiers = [] }: { button?: 'left' | 'right'; modifiers?: string[] } = {}) {
		return this.#do({ do: 'click', button, modifiers });
	}

	hover = () => this.#do({ do: 'hover' });
	check = () => this.#do({ do: 'check' });
	focus = () => this.#do({ do: 'focus' });
	waitFor = () => this.#do({ do: 'waitFor' });
	isVisible = () => this.#do({ do: 'isVisible' });
	scrollIntoViewIfNeeded = () => this.#do({ do: 'scrollIntoView' });
	fill = (text: string) => this.#do({ do: 'fill', text });
	press = (key: string) => this.#do({ do: 'press', key });

	setInputFiles(given: PlaywrightFile | readonly PlaywrightFile[]) {
		const files: GivenFile[] = [given].flat().map(({ name, mimeType, buffer }) => ({
			name,
			type: mimeType,
			base64: buffer.toString('base64'),
		}));
		return this.#do({ do: 'setFiles', files });
	}
}

/**
 * Creates a stand-in for Playwright's page. Scenes act on that page, but in the catalogue the page is in the viewer's
 * browser, so each step is forwarded there. A scene that uses a missing method gets an error that says so.
 */
export function remotePage(
	viewport: { width: number; height: number },
	perform: Perform,
	/** Turns a function's text into a module and returns its address. */
	moduleOf: (functionText: string) => string,
): Page {
	const top = new RemoteLocator([], perform);
	const page = {
		getByRole: top.getByRole.bind(top),
		getByText: top.getByText.bind(top),
		getByLabel: top.getByLabel.bind(top),
		locator: top.locator.bind(top),
		click: (selector: string) => top.locator(selector).click(),
		viewportSize: () => viewport,
		waitForTimeout: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
		keyboard: { press: (key: string) => perform(null, { do: 'press', key }) },
		evaluate: (work: () => unknown) => perform(null, { do: 'run', module: moduleOf(String(work)) }),
	};
	const known = new Proxy(page, {
		get(target, key) {
			if (key in target || typeof key === 'symbol' || key === 'then') return Reflect.get(target, key);
			throw new Error(`the catalogue of scenes does not know page.${key}: add it to scripts/scenes/remote-page.ts`);
		},
	});
	return known as unknown as Page;
}
