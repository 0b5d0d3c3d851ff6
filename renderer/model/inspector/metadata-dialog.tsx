import { useState } from 'react';
import type { Inspection } from '../../../electron/contract/model/inspection.ts';
import { Button } from '../../design/button.tsx';
import { Dialog } from '../../design/dialog.tsx';
import { formatCount, formatQuantity } from '../../design/format.ts';
import { SearchBox } from '../../design/rows/search-box.tsx';
import { Scroller } from '../../design/scroller.tsx';

/** Every key of a file's header, to be searched. */
export function MetadataDialog({
	open,
	onClose,
	name,
	metadata,
}: {
	open: boolean;
	onClose: () => void;
	name: string;
	metadata: Inspection['metadata'];
}) {
	const [text, setText] = useState('');
	const words = text.toLowerCase().split(/\s+/).filter(Boolean);
	const shown = metadata.filter(({ key, value }) => {
		const where = `${key} ${value}`.toLowerCase();
		return words.every((word) => where.includes(word));
	});
	return (
		<Dialog
			open={open}
			onClose={onClose}
			width={760}
			tall
			title={`Header of ${name}`}
			text={`${formatQuantity(metadata.length, 'key')}, as they stand in the file.`}
			actions={<Button onClick={onClose}>Close</Button>}
		>
			<SearchBox
				className="mt-3"
				label="Search the header"
				placeholder="Search keys and values"
				value={text}
				onType={setText}
			>
				<span className="text-xs text-ink-3 tabular-nums" aria-live="polite">
					{words.length === 0 ? '' : `${formatCount(shown.length)} of ${formatCount(metadata.length)}`}
				</span>
			</SearchBox>
			<Scroller label="Keys of the header" className="mt-2 h-[52vh] rounded-lg border border-line">
				<table className="w-full text-left text-xs">
					<thead className="sr-only">
						<tr>
							<th scope="col">Key</th>
							<th scope="col">Value</th>
							<th scope="col">Type</th>
						</tr>
					</thead>
					<tbody>
						{shown.map(({ key, type, value, length, cut }) => (
							<tr key={key} className="border-b border-line align-top last:border-b-0">
								<th scope="row" className="w-[38%] px-3 py-1.5 font-mono font-normal [overflow-wrap:anywhere]">
									{key}
								</th>
								<td className="px-2 py-1.5 font-mono text-ink-2 [overflow-wrap:anywhere] whitespace-pre-wrap">
									{value.length > 600 ? `${value.slice(0, 600)}…` : value}
									{cut || value.length > 600 ? (
										<span className="text-ink-3"> ({formatCount(length)} in all)</span>
									) : null}
								</td>
								<td className="px-3 py-1.5 text-right whitespace-nowrap text-ink-3">{type}</td>
							</tr>
						))}
					</tbody>
				</table>
				{shown.length === 0 ? <p className="px-3 py-4 text-ink-2">No key and no value has these words.</p> : null}
			</Scroller>
		</Dialog>
	);
}
