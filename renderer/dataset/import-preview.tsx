import { TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type {
	ImportInto,
	ImportPreview,
	ImportProblem,
	PreviewSample,
	TableOptions,
} from '../../electron/contract/dataset/schema.ts';
import { Button } from '../design/button.tsx';
import { ChoiceMenu } from '../design/choice-menu.tsx';
import { Dialog } from '../design/dialog.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { formatBytes, formatCount } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { Scroller } from '../design/scroll-area.tsx';
import { Select } from '../design/select.tsx';
import { Spinner } from '../design/spinner.tsx';
import { Switch } from '../design/switch.tsx';
import { TextField } from '../design/text-field.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { MappingTable } from './column-mapping-table.tsx';
import { findMappingProblem, type MappingDraft, toMapping, toMappingDraft } from './column-roles.ts';
import type { ImportStep } from './import-store.ts';

/** Preview: the file's contents, its column roles and the destination. Nothing changes before the last button. */
export function PreviewStep({ open, flow }: { open: boolean; flow: Extract<ImportStep, { step: 'preview' }> }) {
	const { datasetImport } = useServices();
	const intoId = useStore(datasetImport.state, (state) => state.intoId);
	const { preview, rereading, failure } = flow;
	const [into, setInto] = useState<DestinationChoice>({
		name: preview.name,
		mode: 'append',
		datasetId: intoId,
	});
	const [split, setSplit] = useState(preview.split);
	const [skip, setSkip] = useState(true);
	/** The user's mapping, ahead of the preview that will show it; null: the format defines it. */
	const [draft, setDraft] = useState(() => toDraft(preview));
	/** Only a table's options are taken from the first file to the others; an encoding is, once it is chosen. */
	const [table, setTable] = useState(preview.table?.delimiter === undefined ? null : preview.table);
	const options = table ?? preview.table;
	const unclear = draft === null ? null : findMappingProblem(draft);
	const mapping = draft === null || preview.mapping === null ? null : toMapping(draft, preview.mapping);
	const problem = unclear ?? (into.datasetId === null && into.name.trim() === '' ? t('Enter a name') : null);
	function remap(next: MappingDraft): void {
		setDraft(next);
		if (preview.mapping !== null && findMappingProblem(next) === null)
			void datasetImport.reread(toMapping(next, preview.mapping), table);
	}
	return (
		<Dialog
			open={open}
			onClose={datasetImport.hide}
			tall
			width={820}
			title={t('Preview import')}
			text={
				<span className="tabular-nums">
					{preview.formatText} ·{' '}
					{preview.rowsExact
						? t('{rows, plural, one {# row} other {# rows}}', { rows: preview.rows })
						: t('about {rows, plural, one {# row} other {# rows}}', { rows: preview.rows })}{' '}
					· {formatBytes(preview.sizeBytes)}
				</span>
			}
			actions={
				<>
					<Button onClick={() => void datasetImport.cancel()}>{t('Choose another file')}</Button>
					<Button
						kind="primary"
						blocked={problem ?? (preview.rows === 0 ? t('The file has no rows') : undefined)}
						onClick={() =>
							void datasetImport.start({
								// As last read; if the user chose no columns, each file by its detected format.
								into: toDestination(into),
								mapping: null,
								table,
								tags: [],
								limit: null,
								...(split.trim() === '' ? {} : { split: split.trim() }),
								duplicates: skip ? 'skip' : 'keep',
							})
						}
					>
						{preview.rowsExact
							? t('Import {rows, plural, one {# sample} other {# samples}}', { rows: preview.rows })
							: t('Import about {rows, plural, one {# sample} other {# samples}}', { rows: preview.rows })}
					</Button>
				</>
			}
		>
			<div className="mt-4 flex flex-col gap-4">
				{failure === null ? null : <FailureCard title={t('Can’t read it in this format')} failure={failure} />}
				<Destination choice={into} onChange={setInto} />
				{draft === null ? null : (
					<MappingTable columns={preview.columns} draft={draft} problem={unclear} onChange={remap} />
				)}
				{options === null || (draft === null && options.delimiter !== undefined) ? null : (
					<ReadingOptions
						table={options}
						onChange={(next) => {
							setTable(next);
							void datasetImport.reread(null, next).then(() => {
								const now = datasetImport.state.getState().flow;
								if (now.step === 'preview') setDraft(toDraft(now.preview));
							});
						}}
					/>
				)}
				<section aria-label={t('First samples')}>
					<h3 className="mb-1.5 flex items-center gap-2 text-xs font-medium text-ink-2">
						{t('Preview of the first samples')}
						{rereading ? <Spinner label={t('Updating preview')} /> : null}
					</h3>
					<PreviewSamples samples={preview.samples} />
				</section>
				<Problems problems={preview.problems} count={preview.problems.length} />
				<div className="grid grid-cols-2 items-start gap-4">
					<TextField
						label={t('Split')}
						hint={mapping?.split == null ? undefined : t('For rows without a split')}
						value={split}
						maxLength={60}
						onChange={(event) => setSplit(event.target.value)}
					/>
					<div className="pt-5.5">
						<Switch
							label={t('Skip duplicate rows')}
							description={t('Ignores case, accents, spaces, quotation marks and punctuation at word ends')}
							checked={skip}
							onChange={setSkip}
						/>
					</div>
				</div>
				{preview.files.length > 1 ? (
					<p className="text-xs text-ink-3">
						{t('From {count, plural, one {# file} other {# files}}.', { count: preview.files.length })}
					</p>
				) : null}
			</div>
		</Dialog>
	);
}

function toDraft({ mapping, columns }: ImportPreview): MappingDraft | null {
	return mapping === null ? null : toMappingDraft(mapping, columns);
}

const delimiters = [
	{ value: ',', words: t('Comma') },
	{ value: ';', words: t('Semicolon') },
	{ value: '\t', words: t('Tab') },
	{ value: '|', words: t('Pipe') },
] as const;

const encodings = (
	[
		['utf-8', 'UTF-8'],
		['windows-1252', 'Windows-1252'],
		['utf-16le', 'UTF-16 LE'],
		['utf-16be', 'UTF-16 BE'],
	] as const
).map(([value, words]) => ({ value, words }));

/** How the file is read, with the detected values selected: its encoding, and for a table how it is split into cells. */
function ReadingOptions({ table, onChange }: { table: TableOptions; onChange: (table: TableOptions) => void }) {
	const { delimiter } = table;
	const known = delimiters.some(({ value }) => value === delimiter);
	return (
		<fieldset className="flex flex-wrap items-center gap-x-4 gap-y-2 text-xs text-ink-2">
			<legend className="sr-only">{delimiter === undefined ? t('Text') : t('Cells')}</legend>
			{delimiter === undefined ? null : (
				<>
					<span className="flex items-center gap-1.5">
						<span aria-hidden>{t('Delimiter')}</span>
						<Select<string>
							label={t('Delimiter')}
							value={delimiter}
							options={known ? delimiters : [...delimiters, { value: delimiter, words: delimiter }]}
							onChange={(value) => onChange({ ...table, delimiter: value })}
						/>
					</span>
					<span className="flex items-center gap-1.5">
						<span aria-hidden>{t('First row')}</span>
						<Select
							label={t('First row')}
							value={table.head === false ? 'data' : 'names'}
							options={[
								{ value: 'names', words: t('Column names') },
								{ value: 'data', words: t('Data') },
							]}
							onChange={(value) => onChange({ ...table, head: value === 'names' })}
						/>
					</span>
				</>
			)}
			<span className="flex items-center gap-1.5">
				<span aria-hidden>{t('Encoding')}</span>
				<Select
					label={t('Encoding')}
					value={table.encoding ?? 'utf-8'}
					options={encodings}
					onChange={(encoding) => onChange({ ...table, encoding })}
				/>
			</span>
		</fieldset>
	);
}

const shown = 5;

/** The first samples as they would be imported. */
function PreviewSamples({ samples }: { samples: readonly PreviewSample[] }) {
	if (samples.length === 0) return <p className="text-xs text-ink-3">{t('No rows can be read in this format.')}</p>;
	const choices = samples.some((sample) => sample.choices !== null);
	const tags = samples.some((sample) => sample.tags.length > 0);
	return (
		<Scroller label={t('First samples')} className="max-h-56 rounded-lg border border-line">
			<table className="w-full table-fixed text-xs">
				<caption className="sr-only">{t('First samples')}</caption>
				<thead className="text-2xs text-ink-2">
					<tr>
						<th scope="col" className="py-1.5 pr-2 pl-3 text-left font-medium">
							{t('Input')}
						</th>
						<th scope="col" className="w-[30%] px-2 py-1.5 text-left font-medium">
							{t('Target')}
						</th>
						{choices ? (
							<th scope="col" className="w-16 px-2 py-1.5 text-right font-medium">
								{t('Choices')}
							</th>
						) : null}
						{tags ? (
							<th scope="col" className="w-[18%] px-2 py-1.5 text-left font-medium">
								{t('Tags')}
							</th>
						) : null}
						<th scope="col" className="w-20 py-1.5 pr-3 pl-2 text-left font-medium">
							{t('Split')}
						</th>
					</tr>
				</thead>
				<tbody>
					{samples.slice(0, shown).map((sample) => (
						<tr key={sample.key} className="border-t border-line align-top">
							<td className="py-1.5 pr-2 pl-3" dir="auto">
								<span className="line-clamp-2 [overflow-wrap:anywhere]">{inputText(sample)}</span>
							</td>
							<td className="px-2 py-1.5" dir="auto">
								{sample.target === null ? (
									<span className="text-ink-3">{t('None')}</span>
								) : (
									<span className="line-clamp-2 [overflow-wrap:anywhere]">{sample.target}</span>
								)}
							</td>
							{choices ? (
								<td className="px-2 py-1.5 text-right font-mono tabular-nums">{sample.choices?.length ?? '–'}</td>
							) : null}
							{tags ? (
								<td className="truncate px-2 py-1.5" title={sample.tags.join(', ')}>
									{sample.tags.join(', ')}
								</td>
							) : null}
							<td className="truncate py-1.5 pr-3 pl-2">{sample.split}</td>
						</tr>
					))}
				</tbody>
			</table>
		</Scroller>
	);
}

function inputText({ input }: PreviewSample): string {
	return typeof input === 'string' ? input : input.map(({ role, content }) => `${role}: ${content}`).join('\n');
}

/** Destination of the samples. */
interface DestinationChoice {
	/** null: a new dataset. */
	readonly datasetId: number | null;
	/** Name of a new dataset. */
	readonly name: string;
	readonly mode: 'append' | 'replace';
}

function toDestination({ datasetId, name, mode }: DestinationChoice): ImportInto {
	return datasetId === null
		? { kind: 'new', name: name.trim(), description: '' }
		: { kind: 'existing', datasetId, mode };
}

/** Chooses a new dataset with a name, or an existing one. */
function Destination({
	choice,
	onChange,
}: {
	choice: DestinationChoice;
	onChange: (choice: DestinationChoice) => void;
}) {
	const { datasets } = useServices();
	const all = useStore(datasets.state, (state) => state.datasets);
	return (
		<div className="grid grid-cols-2 items-end gap-4">
			<div>
				<p className="mb-[5px] text-xs font-medium text-ink-2">{t('Import into')}</p>
				<ChoiceMenu
					label={t('Import into')}
					value={String(choice.datasetId ?? 'new')}
					options={[
						{ value: 'new', words: t('New dataset') },
						...all.map(({ id, name, latest }) => ({
							value: String(id),
							words: name,
							detail: formatCount(latest.samples),
						})),
					]}
					onChange={(value) => onChange({ ...choice, datasetId: value === 'new' ? null : Number(value) })}
				/>
			</div>
			{choice.datasetId === null ? (
				<TextField
					label={t('Name')}
					value={choice.name}
					maxLength={200}
					onChange={(event) => onChange({ ...choice, name: event.target.value })}
				/>
			) : (
				<ChoiceMenu
					label={t('Existing samples')}
					value={choice.mode}
					options={[
						{ value: 'append', words: t('Keep and append') },
						{ value: 'replace', words: t('Replace in a new draft') },
					]}
					onChange={(mode) => onChange({ ...choice, mode: mode === 'replace' ? 'replace' : 'append' })}
				/>
			)}
		</div>
	);
}

/** Rows that could not be read, with reasons; hidden if there are none. */
export function Problems({ problems, count }: { problems: readonly ImportProblem[]; count: number }) {
	if (count === 0) return null;
	return (
		<section aria-label={t('Problems')}>
			<h3 className="mb-1.5 flex items-center gap-1.5 text-xs font-medium text-warn">
				<Icon of={TriangleAlert} size={14} />
				{t('{count, plural, one {# problem} other {# problems}}', { count })}
			</h3>
			<Scroller label={t('Problems')} className="max-h-32 rounded-md border border-line bg-sunken px-3 py-2">
				<ul className="flex flex-col gap-1 text-xs text-ink-2">
					{problems.map(({ where, what }, index) => (
						// biome-ignore lint/suspicious/noArrayIndexKey: a list that never changes
						<li key={index} className="[overflow-wrap:anywhere]">
							<span className="font-medium">{where}</span>: {what}
						</li>
					))}
					{count > problems.length ? (
						<li>{t('and {count} more', { count: formatCount(count - problems.length) })}</li>
					) : null}
				</ul>
			</Scroller>
		</section>
	);
}
