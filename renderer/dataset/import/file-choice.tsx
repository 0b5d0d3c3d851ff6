import { ClipboardPaste, FileInput, FolderOpen } from 'lucide-react';
import { useRef, useState } from 'react';
import { Button } from '../../design/button.tsx';
import { TextArea } from '../../design/field/text-field.tsx';
import { Icon } from '../../design/icon.tsx';
import type { ChosenFile } from '../../exchange/upload.ts';
import { useServices } from '../../services.ts';

/** Of a folder only these are taken. */
const readable = /\.(csv|tsv|json|jsonl|ndjson|ya?ml|txt|eval)$/i;

/** What was chosen one by one is taken as it is; of folders, what can hold samples. */
export function chosenSampleFiles(files: Iterable<File>): readonly ChosenFile[] {
	return [...files].flatMap((file) => {
		const inFolder = file.webkitRelativePath !== '';
		return !inFolder || readable.test(file.name)
			? [{ file, name: inFolder ? file.webkitRelativePath : file.name }]
			: [];
	});
}

/** Files or a folder, dropped or picked; or a table that is pasted. */
export function FileChoice() {
	const { datasetImport } = useServices();
	const files = useRef<HTMLInputElement>(null);
	const folder = useRef<HTMLInputElement>(null);
	const [over, setOver] = useState(false);
	const [pasted, setPasted] = useState<string | null>(null);
	const take = (list: FileList | null): void => {
		if (list !== null && list.length > 0) void datasetImport.read(chosenSampleFiles(list));
	};
	if (pasted !== null) {
		return (
			<>
				<TextArea
					label="A table, JSON or JSON Lines"
					hint="cells copied from a spreadsheet will do"
					value={pasted}
					autoFocus
					onChange={(event) => setPasted(event.target.value)}
				/>
				<div className="flex justify-end gap-2">
					<Button size="sm" kind="ghost" onClick={() => setPasted(null)}>
						Choose a file instead
					</Button>
					<Button
						size="sm"
						kind="primary"
						blocked={pasted.trim() === '' ? 'Paste something first' : undefined}
						onClick={() => void datasetImport.read({ text: pasted })}
					>
						Read it
					</Button>
				</div>
			</>
		);
	}
	return (
		// biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way; the buttons inside are the first
		<div
			data-over={over || undefined}
			onDragOver={(event) => {
				event.preventDefault();
				setOver(true);
			}}
			onDragLeave={() => setOver(false)}
			onDrop={(event) => {
				event.preventDefault();
				setOver(false);
				take(event.dataTransfer.files);
			}}
			className="flex flex-col items-center rounded-lg border border-dashed border-control px-4 py-6 text-center data-over:border-accent data-over:bg-accent-soft"
		>
			<Icon of={FileInput} size={18} className="text-ink-3" />
			<p className="mt-2 text-ink-2">Drop files here, or</p>
			<div className="mt-2.5 flex flex-wrap justify-center gap-2">
				<Button kind="primary" onClick={() => files.current?.click()}>
					Choose files
				</Button>
				<Button icon={FolderOpen} onClick={() => folder.current?.click()}>
					Choose a folder
				</Button>
				<Button icon={ClipboardPaste} onClick={() => setPasted('')}>
					Paste
				</Button>
			</div>
			<input
				ref={files}
				type="file"
				multiple
				accept=".csv,.tsv,.json,.jsonl,.ndjson,.yaml,.yml,.txt,.eval"
				aria-label="Files with samples"
				className="hidden"
				onChange={(event) => take(event.target.files)}
			/>
			<input
				ref={folder}
				type="file"
				aria-label="Folder with samples"
				className="hidden"
				{...{ webkitdirectory: '' }}
				onChange={(event) => take(event.target.files)}
			/>
		</div>
	);
}
