export {
	type Inspection,
	inspectionSchema,
	type MetadataEntry,
	type Risk,
	type TokenizerFacts,
} from '../../../models/contract/inspection.ts';
