import { findElements, isShown } from './find-elements.ts';
import type { Action, GivenFile, Part, Step } from './steps.ts';

/** How long a step waits for its element, ms. */
const patienceMs = 10_000;
const retryMs = 40;

/** Performs one step of a scene on this page, as a person with mouse and keyboard would, and returns its result. */
export async function performStep({ path, action }: Step): Promise<unknown> {
	if (action.do === 'run') {
		const { default: work } = (await import(/* @vite-ignore */ action.module)) as { default: () => unknown };
		return work();
	}
	if (path === null) {
		if (action.do === 'press') press((document.activeElement as HTMLElement | null) ?? document.body, action.key);
		return null;
	}
	if (action.do === 'isVisible') return findElements(path).some(isShown);
	const element = await untilFound(path, action);
	await act(element, action);
	return null;
}

async function untilFound(path: readonly Part[], action: Action): Promise<HTMLElement> {
	const deadline = performance.now() + patienceMs;
	// A file input is a hidden field behind a button.
	const mayHide = action.do === 'setFiles' || action.do === 'check';
	for (;;) {
		const found = findElements(path);
		const [element] = found;
		if (found.length === 1 && element !== undefined && (mayHide || isShown(element))) return element;
		if (action.do === 'waitFor' && found.some(isShown)) return found.find(isShown)!;
		if (performance.now() > deadline) {
			throw new Error(`${action.do}: ${found.length} elements fit ${JSON.stringify(path)}, not one that is shown`);
		}
		await new Promise((resolve) => setTimeout(resolve, retryMs));
	}
}

async function act(element: HTMLElement, action: Action): Promise<void> {
	switch (action.do) {
		case 'click':
			return click(element, action.button, action.modifiers);
		case 'hover':
			return hover(element);
		case 'check':
			if (!(element as HTMLInputElement).checked && element.ariaChecked !== 'true') click(element, 'left', []);
			return;
		case 'focus':
			return element.focus();
		case 'scrollIntoView':
			return element.scrollIntoView({ block: 'nearest' });
		case 'fill':
			return fill(element, action.text);
		case 'press':
			element.focus();
			return press(element, action.key);
		case 'setFiles':
			return setFiles(element as HTMLInputElement, action.files);
		case 'waitFor':
		case 'isVisible':
		case 'run':
			return;
	}
}

function pointAt(element: HTMLElement): { at: MouseEventInit; target: Element } {
	element.scrollIntoView({ block: 'nearest', inline: 'nearest' });
	const { left, top, width, height } = element.getBoundingClientRect();
	const [clientX, clientY] = [left + width / 2, top + height / 2];
	const hit = document.elementFromPoint(clientX, clientY);
	const target = hit !== null && element.contains(hit) ? hit : element;
	return { at: { clientX, clientY, bubbles: true, cancelable: true, composed: true, view: window }, target };
}

function hover(element: HTMLElement): void {
	const { at, target } = pointAt(element);
	const pointer = { ...at, pointerType: 'mouse', pointerId: 1, isPrimary: true };
	target.dispatchEvent(new PointerEvent('pointerover', pointer));
	target.dispatchEvent(new PointerEvent('pointerenter', { ...pointer, bubbles: false }));
	target.dispatchEvent(new MouseEvent('mouseover', at));
	target.dispatchEvent(new MouseEvent('mouseenter', { ...at, bubbles: false }));
	target.dispatchEvent(new PointerEvent('pointermove', pointer));
	target.dispatchEvent(new MouseEvent('mousemove', at));
}

function click(element: HTMLElement, button: 'left' | 'right', modifiers: readonly string[]): void {
	hover(element);
	const { at, target } = pointAt(element);
	const right = button === 'right';
	const keys = {
		ctrlKey: modifiers.includes('Control') || modifiers.includes('ControlOrMeta'),
		shiftKey: modifiers.includes('Shift'),
		altKey: modifiers.includes('Alt'),
		metaKey: modifiers.includes('Meta'),
	};
	const mouse = { ...at, ...keys, button: right ? 2 : 0, buttons: right ? 2 : 1, detail: 1 };
	const pointer = { ...mouse, pointerType: 'mouse', pointerId: 1, isPrimary: true };
	target.dispatchEvent(new PointerEvent('pointerdown', pointer));
	if (target.dispatchEvent(new MouseEvent('mousedown', mouse))) focusNear(target);
	if (right) target.dispatchEvent(new PointerEvent('contextmenu', { ...pointer, detail: 0 }));
	target.dispatchEvent(new PointerEvent('pointerup', { ...pointer, buttons: 0 }));
	target.dispatchEvent(new MouseEvent('mouseup', { ...mouse, buttons: 0 }));
	if (!right) target.dispatchEvent(new PointerEvent('click', { ...pointer, buttons: 0 }));
}

function focusNear(target: Element): void {
	const focusable = target.closest<HTMLElement>(
		'a[href], button, input, textarea, select, summary, [tabindex], [contenteditable]',
	);
	if (focusable !== null) focusable.focus({ preventScroll: true });
	else (document.activeElement as HTMLElement | null)?.blur();
}

/** Enters the text in one step. React notices it only if the value is set past React's own property. */
function fill(element: HTMLElement, text: string): void {
	element.focus();
	const kind = element instanceof HTMLTextAreaElement ? HTMLTextAreaElement : HTMLInputElement;
	Object.getOwnPropertyDescriptor(kind.prototype, 'value')?.set?.call(element, text);
	element.dispatchEvent(new InputEvent('input', { bubbles: true, data: text, inputType: 'insertText' }));
	element.dispatchEvent(new Event('change', { bubbles: true }));
}

function setFiles(field: HTMLInputElement, files: readonly GivenFile[]): void {
	const data = new DataTransfer();
	for (const { name, type, base64 } of files) {
		const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
		data.items.add(new File([bytes], name, { type }));
	}
	field.files = data.files;
	field.dispatchEvent(new Event('input', { bubbles: true }));
	field.dispatchEvent(new Event('change', { bubbles: true }));
}

/** Presses keys by Playwright's names: `Control+KeyK`, `Enter`, `ArrowUp`. */
function press(target: HTMLElement, combination: string): void {
	const names = combination.split('+');
	const code = names.pop() ?? '';
	const letter = /^Key([A-Z])$/.exec(code)?.[1];
	const key = letter?.toLowerCase() ?? { Slash: '/', Space: ' ' }[code] ?? code;
	const event = {
		key,
		code,
		bubbles: true,
		cancelable: true,
		composed: true,
		ctrlKey: names.includes('Control'),
		altKey: names.includes('Alt'),
		shiftKey: names.includes('Shift'),
		metaKey: names.includes('Meta'),
	};
	const goesOn = target.dispatchEvent(new KeyboardEvent('keydown', event));
	if (goesOn && names.length === 0) {
		if ((key === 'Enter' || key === ' ') && target.matches('button, a[href], summary, input[type=checkbox]'))
			target.click();
		else if (key === 'Enter') target.closest('form')?.requestSubmit();
	}
	target.dispatchEvent(new KeyboardEvent('keyup', event));
}
