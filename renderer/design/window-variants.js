/**
 * `min-[1100px]:` and `max-md:` ask for the width of the page in its own pixels, which grow with the text size, rather
 * than for that of the window: a page at 150 % in a window of 1280 px has 853 px.
 *
 * @type {import('tailwindcss').PluginCreator}
 */
export default function windowVariants({ matchVariant }) {
	const sort = (first, second) => Number.parseFloat(first) - Number.parseFloat(second);
	const values = { sm: '640px', md: '768px', lg: '1024px', xl: '1280px' };
	matchVariant('min', (width) => `@container window (width >= ${width})`, {
		values,
		sort: (a, z) => sort(a.value, z.value),
	});
	matchVariant('max', (width) => `@container window (width < ${width})`, {
		values,
		sort: (a, z) => sort(z.value, a.value),
	});
}
