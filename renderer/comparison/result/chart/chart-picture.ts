/** Everything of the style sheet that a chart uses; a picture has no style sheet. */
const properties = [
	'fill',
	'fill-opacity',
	'stroke',
	'stroke-width',
	'stroke-dasharray',
	'stroke-opacity',
	'opacity',
	'font-family',
	'font-size',
	'font-weight',
	'text-anchor',
] as const;

/** Pixels of the picture for one on the screen: sharp in a document. */
const scale = 2;

/** The chart as it is on the screen, on the colour behind it. */
export async function renderChartImage(chart: SVGSVGElement): Promise<Blob> {
	const { width, height } = chart.getBoundingClientRect();
	const copy = chart.cloneNode(true) as SVGSVGElement;
	const originals = [chart, ...chart.querySelectorAll<SVGElement>('*')];
	for (const [index, element] of [copy, ...copy.querySelectorAll<SVGElement>('*')].entries()) {
		const style = getComputedStyle(originals[index]!);
		for (const property of properties) element.style.setProperty(property, style.getPropertyValue(property));
		element.removeAttribute('class');
	}
	copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
	copy.setAttribute('width', String(width));
	copy.setAttribute('height', String(height));
	const image = new Image();
	image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
	await image.decode();
	const canvas = document.createElement('canvas');
	canvas.width = Math.round(width * scale);
	canvas.height = Math.round(height * scale);
	const context = canvas.getContext('2d');
	if (context === null) throw new Error('this window can make no pictures');
	context.scale(scale, scale);
	context.fillStyle = findBackground(chart);
	context.fillRect(0, 0, width, height);
	context.drawImage(image, 0, 0, width, height);
	return await new Promise((resolve, reject) => {
		canvas.toBlob(
			(blob) => (blob === null ? reject(new Error('the picture could not be made')) : resolve(blob)),
			'image/png',
		);
	});
}

/** The first colour behind an element that can be seen. */
function findBackground(element: Element): string {
	for (let at: Element | null = element; at !== null; at = at.parentElement) {
		const colour = getComputedStyle(at).backgroundColor;
		if (!/^rgba?\(0, 0, 0, 0\)$|transparent|\/ 0\)$/.test(colour)) return colour;
	}
	return 'white';
}

/** Puts a picture on the clipboard; where that is not allowed, saves it as a download. Whether it was copied. */
export async function copyImage(picture: Blob, fileName: string): Promise<boolean> {
	try {
		await navigator.clipboard.write([new ClipboardItem({ 'image/png': picture })]);
		return true;
	} catch {
		const address = URL.createObjectURL(picture);
		const link = document.createElement('a');
		link.href = address;
		link.download = fileName;
		link.click();
		setTimeout(() => URL.revokeObjectURL(address), 10_000);
		return false;
	}
}
