import { ClipboardPaste } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../design/button.tsx';
import { TextArea } from '../../design/field/text-field.tsx';
import { FileDrop } from '../../exchange/file-drop.tsx';
import type { ChosenFile } from '../../exchange/upload.ts';
import { useServices } from '../../services.ts';

/** Of a folder only these are taken. */
const readable = /\.(csv|tsv|json|jsonl|ndjson|ya?ml|txt|eval)$/i;

/** What was chosen one by one is taken as it is; of folders, what can hold samples. */
export function selectSampleFiles(files: Iterable<File>): readonly ChosenFile[] {
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
	const [pasted, setPasted] = useState<string | null>(null);
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
		<FileDrop
			accept=".csv,.tsv,.json,.jsonl,.ndjson,.yaml,.yml,.txt,.eval"
			of="with samples"
			onFiles={(files) => void datasetImport.read(selectSampleFiles(files))}
		>
			<Button icon={ClipboardPaste} onClick={() => setPasted('')}>
				Paste
			</Button>
		</FileDrop>
	);
}
