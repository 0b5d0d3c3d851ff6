import { Copy } from 'lucide-react';
import type { Comparison } from '../../electron/contract/comparison/schema.ts';
import { toFailure } from '../connection/failure.ts';
import { saveText } from '../connection/save-file.ts';
import { buttonClass } from '../design/button.tsx';
import { Icon } from '../design/icon.tsx';
import { Menu, MenuItem } from '../design/menu.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';

const formats = [
	{ format: 'markdown', label: t('Copy as Markdown'), copied: t('Copied as Markdown.') },
	{ format: 'csv', label: t('Copy as CSV'), copied: t('Copied as CSV.') },
	{ format: 'json', label: t('Copy as JSON'), copied: t('Copied as JSON.') },
	{ format: 'csv', label: t('Save as CSV'), copied: null },
	{ format: 'json', label: t('Save as JSON, for another computer'), copied: null },
] as const;

/** Exports the result: Markdown to the clipboard, other formats to a file. */
export function ExportMenu({ comparison }: { comparison: Comparison }) {
	const services = useServices();
	async function take({ format, copied }: (typeof formats)[number]): Promise<void> {
		try {
			const { fileName, text } = await services.comparisons.export(comparison.id, format);
			if (copied === null) await saveText(fileName, [text]);
			else {
				await navigator.clipboard.writeText(text);
				services.toasts.show({ text: copied });
			}
		} catch (error) {
			services.toasts.fail(toFailure(error).message);
		}
	}
	async function takePicture(): Promise<void> {
		const chart = document.querySelector<SVGSVGElement>('svg[data-chart="comparison"]');
		if (chart === null) return services.toasts.fail(t('There is no chart yet: it needs two measured files.'));
		try {
			const copied = await copyImage(await renderChartImage(chart), `comparison-${comparison.id}.png`);
			services.toasts.show({ text: copied ? t('Chart copied as PNG.') : t('Chart saved as PNG.') });
		} catch (error) {
			services.toasts.fail(toFailure(error).message);
		}
	}
	return (
		<Menu
			width={260}
			trigger={
				<button type="button" className={buttonClass('ghost')}>
					<Icon of={Copy} size={14} />
					{t('Copy as')}
				</button>
			}
		>
			<MenuItem onSelect={() => void takePicture()}>{t('Copy chart as PNG')}</MenuItem>
			{formats.map((one) => (
				<MenuItem key={one.label} onSelect={() => void take(one)}>
					{one.label}
				</MenuItem>
			))}
		</Menu>
	);
}

/** Style properties that a chart takes from the style sheet; an exported image has none. */
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

/** Image pixels per screen pixel, so that the image is sharp in a document. */
const scale = 2;

/** Renders the chart as shown, on the background colour behind it. */
async function renderChartImage(chart: SVGSVGElement): Promise<Blob> {
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
	if (context === null) throw new Error('no 2D canvas');
	context.scale(scale, scale);
	context.fillStyle = findBackground(chart);
	context.fillRect(0, 0, width, height);
	context.drawImage(image, 0, 0, width, height);
	return await new Promise((resolve, reject) => {
		canvas.toBlob(
			(blob) => (blob === null ? reject(new Error('the chart could not be encoded as PNG')) : resolve(blob)),
			'image/png',
		);
	});
}

/** Finds the first visible background colour behind an element. */
function findBackground(element: Element): string {
	for (let at: Element | null = element; at !== null; at = at.parentElement) {
		const colour = getComputedStyle(at).backgroundColor;
		if (!/^rgba?\(0, 0, 0, 0\)$|transparent|\/ 0\)$/.test(colour)) return colour;
	}
	return 'white';
}

/** Copies an image to the clipboard; if that is not allowed, saves it as a download. Returns whether it was copied. */
async function copyImage(picture: Blob, fileName: string): Promise<boolean> {
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
