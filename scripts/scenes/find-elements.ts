import type { Part, Pattern } from './steps.ts';

/** Elements that have a role implicitly, by role. */
const nativeRoles: Readonly<Record<string, string>> = {
	article: 'article',
	button: 'button, input:is([type=button], [type=submit], [type=reset]), summary',
	checkbox: 'input[type=checkbox]',
	combobox: 'select:not([multiple]), input[list]',
	complementary: 'aside',
	dialog: 'dialog',
	gridcell: '[role=grid] td, [role=treegrid] td',
	heading: 'h1, h2, h3, h4, h5, h6',
	link: 'a[href]',
	list: 'ul, ol',
	listitem: 'li',
	main: 'main',
	navigation: 'nav',
	option: 'option',
	radio: 'input[type=radio]',
	region: 'section:is([aria-label], [aria-labelledby])',
	row: 'tr',
	searchbox: 'input[type=search]:not([list])',
	slider: 'input[type=range]',
	table: 'table',
	textbox:
		'textarea, input:is(:not([type]), [type=text], [type=email], [type=url], [type=tel], [type=password]):not([list])',
};

/** Roles whose name comes from their content. */
const namedByContent = new Set(
	'button cell checkbox columnheader gridcell heading link menuitem menuitemcheckbox menuitemradio option radio row switch tab treeitem'.split(
		' ',
	),
);

/** Finds the elements at the end of a path, in document order. */
export function findElements(path: readonly Part[]): HTMLElement[] {
	let found: HTMLElement[] = [document.documentElement];
	for (const part of path) {
		if (part.by === 'nth') found = found.slice(part.index).slice(0, 1);
		else if (part.by === 'filter') found = found.filter((element) => fits(textOf(element), part.hasText, false));
		else found = inOrder(found.flatMap((scope) => below(scope, part)));
	}
	return found;
}

/** Returns whether the element takes up room and nothing hides it. */
export function isShown(element: HTMLElement): boolean {
	const { width, height } = element.getBoundingClientRect();
	return width > 0 && height > 0 && element.checkVisibility({ visibilityProperty: true });
}

function inOrder(elements: HTMLElement[]): HTMLElement[] {
	return [...new Set(elements)].sort((a, b) =>
		a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1,
	);
}

function below(scope: HTMLElement, part: Exclude<Part, { by: 'nth' | 'filter' }>): HTMLElement[] {
	const all = (selector: string) => [...scope.querySelectorAll<HTMLElement>(selector)];
	if (part.by === 'css') return all(part.selector);
	if (part.by === 'label')
		return all('input, textarea, select, [aria-label], [aria-labelledby]').filter((element) =>
			fits(nameOf(element, ''), part.text, part.exact),
		);
	if (part.by === 'text') return all('*').filter((element) => isDeepestWith(element, part.text, part.exact));
	const native = nativeRoles[part.role];
	return all(`[role=${part.role}]${native === undefined ? '' : `, :is(${native}):not([role])`}`).filter(
		(element) =>
			!isHidden(element) &&
			(part.level === undefined || element.matches(`h${part.level}, [aria-level="${part.level}"]`)) &&
			(part.name === undefined || fits(nameOf(element, part.role), part.name, part.exact)),
	);
}

function isHidden(element: HTMLElement): boolean {
	return (
		element.closest('[aria-hidden=true], [inert]') !== null || !element.checkVisibility({ visibilityProperty: true })
	);
}

/** Returns whether this is the innermost element that holds all of the text. */
function isDeepestWith(element: HTMLElement, text: Pattern, exact: boolean | undefined): boolean {
	if (element.closest('script, style, head') !== null || !fits(textOf(element), text, exact)) return false;
	return ![...element.children].some((child) => fits(textOf(child), text, exact));
}

function textOf(element: Element): string {
	return tidy(element.textContent ?? '');
}

function tidy(text: string): string {
	return text.replace(/\s+/g, ' ').trim();
}

function fits(text: string, pattern: Pattern, exact: boolean | undefined): boolean {
	if (typeof pattern !== 'string') return new RegExp(pattern.source, pattern.flags).test(text);
	if (exact) return text === tidy(pattern);
	return text.toLowerCase().includes(tidy(pattern).toLowerCase());
}

/** Returns roughly the name that a screen reader would say, as exactly as the scenes need it. */
function nameOf(element: HTMLElement, role: string): string {
	const labelledBy = element.getAttribute('aria-labelledby');
	if (labelledBy !== null) {
		return tidy(
			labelledBy
				.split(/\s+/)
				.map((id) => document.getElementById(id))
				.map((label) => (label === null ? '' : (label.getAttribute('aria-label') ?? spoken(label))))
				.join(' '),
		);
	}
	const label = element.getAttribute('aria-label');
	if (label !== null) return tidy(label);
	const labels = (element as HTMLInputElement).labels;
	if (labels?.length) return tidy([...labels].map(spoken).join(' '));
	const content = namedByContent.has(role) ? tidy(spoken(element)) : '';
	return content || tidy(element.title || element.getAttribute('placeholder') || '');
}

/** Returns the text of an element with the names of its content, without parts hidden from screen readers. */
function spoken(node: Node): string {
	if (node.nodeType === Node.TEXT_NODE) return node.textContent ?? '';
	if (!(node instanceof Element)) return '';
	if (node.matches('[aria-hidden=true]') || !node.checkVisibility({ visibilityProperty: true })) return '';
	const label = node.getAttribute('aria-label') ?? node.getAttribute('alt');
	if (label !== null) return label;
	const inner = [...node.childNodes].map(spoken).join('');
	return getComputedStyle(node).display.startsWith('inline') ? inner : ` ${inner} `;
}
