/**
 * Runs in the page: lists its faults after hostile text was shown. Faults are elements that can only come from text
 * read as HTML, handlers, addresses that must not be opened, and anything outside its place.
 */
export function faultsOfPage(): string[] {
	const faults: string[] = [];
	const show = (element: Element) => element.outerHTML.slice(0, 120);
	if ('__attacked' in globalThis) faults.push('a payload ran');
	const forbidden =
		'script, iframe, frame, object, embed, applet, form, base, meta, link, style, img, video, audio, source, picture, marquee, dialog, details, portal, foreignObject, svg a, svg use, svg image, svg animate, svg set';
	for (const element of document.body.querySelectorAll(forbidden)) {
		if (element.closest('[data-own-form]') === null && element.id !== 'root' && !isOwnScript(element))
			faults.push(`element: ${show(element)}`);
	}
	for (const element of document.body.querySelectorAll('*')) {
		for (const { name, value } of element.attributes) {
			if (name.startsWith('on')) faults.push(`handler: ${show(element)}`);
			if (
				name === 'style' &&
				/url\(|expression|position:\s*(fixed|sticky)/i.test(value) &&
				element.closest('.foreign') !== null
			)
				faults.push(`style: ${show(element)}`);
			if (
				/^(href|xlink:href|src|srcset|action|formaction|data|poster|background)$/.test(name) &&
				!isAllowed(element, value)
			)
				faults.push(`address: ${show(element)}`);
		}
	}
	for (const element of document.querySelectorAll('article [id]')) {
		if (!/^base-ui-|^[«_:]r/.test(element.id)) faults.push(`id: ${show(element)}`);
	}
	if (document.querySelectorAll('#root').length !== 1) faults.push('a second root');
	return [...new Set([...faults, ...misplaced()])];

	function isOwnScript(element: Element): boolean {
		const address = element.getAttribute('src') ?? element.getAttribute('href') ?? '';
		return element.parentElement === document.body && new URL(address, location.href).origin === location.origin;
	}

	function isAllowed(element: Element, value: string): boolean {
		if (isOwnScript(element)) return true;
		if (element.localName !== 'a') return false;
		return element.closest('article') === null ? /^(#|https?:)/.test(value) : /^https?:\/\//.test(value);
	}

	function misplaced(): string[] {
		const found: string[] = [];
		const over = document.documentElement.scrollWidth - innerWidth;
		if (over > 0) found.push(`the page sticks out by ${over} px`);
		for (const region of document.querySelectorAll<HTMLElement>('[data-region], header, footer')) {
			const { left, right, top, bottom, width } = region.getBoundingClientRect();
			if (width > 0 && (left < -1 || right > innerWidth + 1 || top < -1 || bottom > innerHeight + 1))
				found.push(`${region.localName} ${region.getAttribute('aria-label') ?? ''} lies outside the window`);
		}
		for (const article of document.querySelectorAll('article')) {
			// 90,000 letters take about 30,000 px; a formula once made one line 180,000 px high.
			if (article.clientHeight > 80_000) found.push(`an answer is ${article.clientHeight} px high`);
		}
		const messages = document.querySelector('section[aria-label="Messages"]');
		if (messages !== null) {
			const { left, right, top, bottom } = messages.getBoundingClientRect();
			for (let x = 6; x < innerWidth; x += 70) {
				for (let y = 6; y < innerHeight; y += 60) {
					const inside = x >= left && x <= right && y >= top && y <= bottom;
					if (!inside && document.elementFromPoint(x, y)?.closest('article') != null)
						found.push(`an answer lies over ${x}, ${y}`);
				}
			}
		}
		return found;
	}
}
