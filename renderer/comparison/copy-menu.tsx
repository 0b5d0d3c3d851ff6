import { Copy } from 'lucide-react';
import type { Comparison } from '../../electron/contract/comparison/comparison.ts';
import { toFailure } from '../connection/failure.ts';
import { saveText } from '../connection/save-text.ts';
import { buttonClass } from '../design/button.tsx';
import { Icon } from '../design/icon.tsx';
import { Menu, MenuItem } from '../design/menu.tsx';
import { useServices } from '../services.ts';
import { copyImage, renderChartImage } from './result/chart/chart-picture.ts';

const formats = [
	{ format: 'markdown', label: 'Copy as Markdown', save: false },
	{ format: 'csv', label: 'Copy as CSV', save: false },
	{ format: 'json', label: 'Copy as JSON', save: false },
	{ format: 'csv', label: 'Save as CSV', save: true },
	{ format: 'json', label: 'Save as JSON, for another computer', save: true },
] as const;

/** Takes the result out: Markdown to the clipboard, the others to a file. */
export function ExportMenu({ comparison }: { comparison: Comparison }) {
	const services = useServices();
	async function take({ format, label, save }: (typeof formats)[number]): Promise<void> {
		try {
			const { fileName, text } = await services.comparisons.export(comparison.id, format);
			if (save) await saveText(fileName, [text]);
			else {
				await navigator.clipboard.writeText(text);
				services.toasts.show({ text: `${label.replace('Copy', 'Copied')}.` });
			}
		} catch (error) {
			services.toasts.fail(toFailure(error).message);
		}
	}
	async function takePicture(): Promise<void> {
		const chart = document.querySelector<SVGSVGElement>('svg[data-chart="comparison"]');
		if (chart === null) return services.toasts.fail('There is no chart yet: it needs two measured files.');
		try {
			const copied = await copyImage(await renderChartImage(chart), `comparison-${comparison.id}.png`);
			services.toasts.show({ text: copied ? 'Chart copied as PNG.' : 'Chart saved as PNG.' });
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
					Copy as
				</button>
			}
		>
			<MenuItem onSelect={() => void takePicture()}>Copy chart as PNG</MenuItem>
			{formats.map((one) => (
				<MenuItem key={one.label} onSelect={() => void take(one)}>
					{one.label}
				</MenuItem>
			))}
		</Menu>
	);
}
