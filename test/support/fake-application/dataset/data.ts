import type {
	CheckReport,
	Dataset,
	DatasetImportReport,
	DatasetVersion,
	ImportPreview,
	Sample,
} from '../../../../electron/contract/dataset/schema.ts';
import type { FailureFacts } from '../../../../models/contract/failure.ts';
import { buildDataset, buildDatasetVersion, buildSample } from '../../fixtures/dataset.ts';

export interface FakeVersion {
	version: DatasetVersion;
	samples: readonly Sample[];
}

/** Datasets of the fake application, and the results of its imports and checks. */
export interface FakeDatasets {
	all: Dataset[];
	deleted: Dataset[];
	versions: FakeVersion[];
	/** If set, the list can't be read. */
	failure: FailureFacts | null;
	/** The preview of an import, or its failure. */
	preview: ImportPreview | null;
	previewFailure: FailureFacts | null;
	imported: Partial<DatasetImportReport>;
	report: CheckReport | null;
	/** Kinds of job that stop half-way. */
	held: string[];
	/** Samples that were made from messages. */
	uses: { messageId: number; datasetId: number; datasetName: string; versionId: number; sampleId: number }[];
}

export function fakeDatasets(): FakeDatasets {
	return {
		all: [],
		deleted: [],
		versions: [],
		failure: null,
		preview: null,
		previewFailure: null,
		imported: {},
		report: null,
		held: [],
		uses: [],
	};
}

const topics = ['billing', 'shipping', 'account', 'product', 'other'] as const;

const tickets: readonly (readonly [input: string, topic: number, urgent: boolean])[] = [
	['Charged twice for March', 0, true],
	['App closes when I open the map', 3, false],
	['Where is my refund? This is the third mail. I need the money before Friday or I cancel.', 0, true],
	['Please delete my account and data', 2, false],
	['Invoice has the wrong VAT number', 0, false],
	['Password mail never arrives', 2, true],
	['Delivered to the wrong house', 1, true],
	['Card declined twice, the bank says it is fine', 0, true],
	['Do you ship to Norway?', 1, false],
	['The battery lasts two hours, you promised eight', 3, false],
	['How do I change the name on my plan?', 2, false],
	['Parcel says delivered but nothing is here', 1, true],
];

/** Makes the samples of the mock page: tickets with their topics. */
export function ticketSamples(count = 160): Sample[] {
	return Array.from({ length: count }, (_, index) => {
		const [input, topic, urgent] = tickets[index % tickets.length]!;
		const again = Math.floor(index / tickets.length);
		return buildSample(1_000 + index, again === 0 ? input : `${input} (${again + 1})`, {
			target: `{"topic": "${topics[topic]}", "urgent": ${urgent}}`,
			tags: urgent ? [topics[topic]!, 'urgent'] : [topics[topic]!],
			split: index % 8 === 7 ? 'examples' : 'test',
			variables: { ticket: input, language: 'en' },
			source:
				index === 2
					? { kind: 'message', conversationId: 1, messageId: 2 }
					: { kind: 'file', file: 'tickets.csv', row: index + 1 },
		});
	});
}

/** Adds a dataset with its versions; the newest is shown. */
export function addDataset(
	to: FakeDatasets,
	dataset: Partial<Dataset> & Pick<Dataset, 'id' | 'name'>,
	versions: readonly FakeVersion[],
): void {
	to.versions.unshift(...versions);
	to.all.push(buildDataset(dataset.id, versions[0]!.version, { versions: versions.length, ...dataset }));
}

/** Adds ticket triage in three versions, the newest a draft, and three starter datasets. */
export function withTickets(to: FakeDatasets): void {
	const samples = ticketSamples();
	const draft = samples.map((sample, index) =>
		index === 4 ? { ...sample, id: 2_004, input: 'Invoice shows the wrong VAT number, please send a new one' } : sample,
	);
	const written = buildSample(2_100, 'The map shows my old address', {
		target: '{"topic": "account", "urgent": false}',
		tags: ['account'],
		source: { kind: 'written' },
	});
	const all = [...draft.filter((_, index) => index !== 10), written];
	addDataset(
		to,
		{ id: 1, name: 'Ticket triage', description: 'Support mails of one week in November, sorted by hand.' },
		[
			{
				version: buildDatasetVersion(13, 1, 3, all.length, { frozenAt: null, sha256: null, revision: 3 }),
				samples: all,
			},
			{ version: buildDatasetVersion(12, 1, 2, samples.length, { note: 'doubtful labels corrected' }), samples },
			{ version: buildDatasetVersion(11, 1, 1, 120, { note: 'first import' }), samples: samples.slice(0, 120) },
		],
	);
	addDataset(to, { id: 2, name: 'Lease questions' }, [
		{ version: buildDatasetVersion(21, 2, 1, 48), samples: ticketSamples(48) },
	]);
	for (const [index, name] of ['Arithmetic', 'Extraction to JSON', 'Instruction following'].entries()) {
		const id = 10 + index;
		addDataset(to, { id, name, starterId: name.toLowerCase(), description: 'Written for Assay.' }, [
			{
				version: buildDatasetVersion(id * 10, id, 1, 40),
				samples: Array.from({ length: 40 }, (_, row) =>
					buildSample(id * 1_000 + row, `What is ${row + 18} + ${27 - row}?`, {
						target: '45',
						source: { kind: 'starter' },
					}),
				),
			},
		]);
	}
}
