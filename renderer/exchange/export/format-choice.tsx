import { useId } from 'react';
import type { ExportFormat } from '../../../electron/contract/exchange/exchange.ts';

const formats: readonly { value: ExportFormat; label: string; one: string; many: string }[] = [
	{
		value: 'markdown',
		label: 'Markdown',
		one: 'The branch that is shown, to read and to edit.',
		many: 'The branch that is shown of each, one file each, in a .zip.',
	},
	{
		value: 'html',
		label: 'Web page',
		one: 'The same, laid out. Opens in any browser, needs nothing else.',
		many: 'The same, laid out, with a list of contents, in a .zip.',
	},
	{
		value: 'json',
		label: 'JSON',
		one: 'Everything: all branches, how each answer was made. Can be imported again.',
		many: 'Everything, in one file: all branches, tags, folders. Can be imported again.',
	},
];

/** The three formats, with what each is good for. */
export function FormatChoice({
	value,
	onChange,
	several,
}: {
	value: ExportFormat;
	onChange: (value: ExportFormat) => void;
	several: boolean;
}) {
	const name = useId();
	return (
		<fieldset className="overflow-hidden rounded-lg border border-line">
			<legend className="sr-only">Format</legend>
			{formats.map((format) => (
				<label
					key={format.value}
					className="flex items-start gap-3 border-b border-line px-3.5 py-2.5 last:border-b-0 hover:bg-hover has-checked:bg-accent-soft has-focus-visible:outline-2 has-focus-visible:-outline-offset-2 has-focus-visible:outline-focus"
				>
					<input
						type="radio"
						name={name}
						value={format.value}
						aria-label={format.label}
						checked={format.value === value}
						onChange={() => onChange(format.value)}
						className="mt-[3px] size-3.5 flex-none appearance-none rounded-full border-[1.5px] border-control outline-none checked:border-[4.5px] checked:border-accent"
					/>
					<span className="min-w-0">
						<span className="block font-medium">{format.label}</span>
						<span className="block text-xs text-ink-2">{several ? format.many : format.one}</span>
					</span>
				</label>
			))}
		</fieldset>
	);
}
