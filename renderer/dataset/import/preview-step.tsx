import { useState } from 'react';
import { useStore } from 'zustand';
import type { ImportPreview } from '../../../electron/contract/dataset/import.ts';
import { Button } from '../../design/button.tsx';
import { Dialog } from '../../design/dialog.tsx';
import { Switch } from '../../design/field/switch.tsx';
import { TextField } from '../../design/field/text-field.tsx';
import { formatBytes, formatCount, formatQuantity } from '../../design/format.ts';
import { Spinner } from '../../design/spinner.tsx';
import { FailureCard } from '../../design/state/failure-card.tsx';
import { useServices } from '../../services.ts';
import { CellOptions } from './cell-options.tsx';
import { Destination, type DestinationChoice, toDestination } from './destination.tsx';
import type { ImportStep } from './import-flow.ts';
import { MappingTable } from './mapping-table.tsx';
import { PreviewSamples } from './preview-samples.tsx';
import { Problems } from './problems.tsx';
import { findMappingProblem, type MappingDraft, toMapping, toMappingDraft } from './roles.ts';

/** What the file holds, what its columns mean, and where its rows go. Nothing is changed before the last button. */
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
	/** What was chosen, ahead of the answer that shows it; null: the format says it itself. */
	const [draft, setDraft] = useState(() => draftOf(preview));
	const [table, setTable] = useState(preview.table);
	const unclear = draft === null ? null : findMappingProblem(draft);
	const mapping = draft === null || preview.mapping === null ? null : toMapping(draft, preview.mapping);
	const problem = unclear ?? (into.datasetId === null && into.name.trim() === '' ? 'Name it' : null);
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
			title="What the file holds"
			text={
				<span className="tabular-nums">
					{preview.formatText} · {preview.rowsExact ? '' : 'about '}
					{formatQuantity(preview.rows, 'row')} · {formatBytes(preview.sizeBytes)}
				</span>
			}
			actions={
				<>
					<Button onClick={() => void datasetImport.cancel()}>Choose another file</Button>
					<Button
						kind="primary"
						blocked={problem ?? (preview.rows === 0 ? 'There are no rows in it' : undefined)}
						onClick={() =>
							void datasetImport.start({
								// As it was read last: where nobody chose columns, each file by what it seems to be.
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
						{`Import ${preview.rowsExact ? '' : 'about '}${formatQuantity(preview.rows, 'sample')}`}
					</Button>
				</>
			}
		>
			<div className="mt-4 flex flex-col gap-4">
				{failure === null ? null : <FailureCard title="It could not be read so" failure={failure} />}
				<Destination choice={into} onChange={setInto} />
				{draft === null ? null : (
					<>
						<MappingTable columns={preview.columns} draft={draft} problem={unclear} onChange={remap} />
						{table === null ? null : (
							<CellOptions
								table={table}
								onChange={(next) => {
									setTable(next);
									void datasetImport.reread(null, next).then(() => {
										const now = datasetImport.state.getState().flow;
										if (now.step === 'preview') setDraft(draftOf(now.preview));
									});
								}}
							/>
						)}
					</>
				)}
				<section aria-label="First samples">
					<h3 className="mb-1.5 flex items-center gap-2 text-xs font-medium text-ink-2">
						First samples as they would come in
						{rereading ? <Spinner label="Reading again" /> : null}
					</h3>
					<PreviewSamples samples={preview.samples} />
				</section>
				<Problems problems={preview.problems} count={preview.problems.length} />
				<div className="grid grid-cols-2 items-start gap-4">
					<TextField
						label="Split"
						hint={mapping?.split == null ? undefined : 'where a row says none'}
						value={split}
						maxLength={60}
						onChange={(event) => setSplit(event.target.value)}
					/>
					<div className="pt-5.5">
						<Switch
							label="Leave out rows that ask and expect the same as another"
							description="Case, accents, spaces, quotation marks and marks at the end of words do not count"
							checked={skip}
							onChange={setSkip}
						/>
					</div>
				</div>
				{preview.files.length > 1 ? (
					<p className="text-xs text-ink-3">From {formatCount(preview.files.length)} files.</p>
				) : null}
			</div>
		</Dialog>
	);
}

function draftOf({ mapping, columns }: ImportPreview): MappingDraft | null {
	return mapping === null ? null : toMappingDraft(mapping, columns);
}
