import { ApiProperty } from '@nestjs/swagger';
import type { ReadModelStatus } from '../../operations/read-model-control.js';

export class ParkedView {
  @ApiProperty({ type: 'integer', description: 'Place of the event in the log' })
  position!: number;

  @ApiProperty({ description: 'Id of the event' })
  event!: string;

  @ApiProperty({ example: 'hostAggregates' })
  stream!: string;

  @ApiProperty({ example: 'inventory/AggregateCreated@1' })
  type!: string;

  @ApiProperty({ description: 'Why it could not be folded' })
  error!: string;
}

export class ReadModelView {
  @ApiProperty({ example: 'aggregates' })
  name!: string;

  @ApiProperty({ type: 'integer', description: 'Of its fold: a new one means a rebuild' })
  version!: number;

  @ApiProperty({
    enum: ['live', 'catching-up', 'parked', 'interrupted'],
    description: 'parked: stands still at an event; interrupted: its store does not answer, it tries again',
  })
  state!: ReadModelStatus['state'];

  @ApiProperty({ description: 'Being built anew beside the live one' })
  rebuilding!: boolean;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Of the last event in it; null: none yet' })
  position!: number | null;

  @ApiProperty({ type: ParkedView, nullable: true })
  parked!: ParkedView | null;

  @ApiProperty({ type: String, nullable: true, description: 'What is wrong with it at the moment' })
  error!: string | null;
}

export class ReadModelsView {
  @ApiProperty({ type: [ReadModelView] })
  readModels!: readonly ReadModelView[];
}

export function readModelView(status: ReadModelStatus): ReadModelView {
  const { name, version, state, rebuilding, position, parked, error } = status;
  return {
    name,
    version,
    state,
    rebuilding,
    position: position ?? null,
    parked:
      parked === undefined
        ? null
        : {
            position: parked.position,
            event: parked.eventId,
            stream: parked.stream,
            type: parked.storedType,
            error: parked.error,
          },
    error: error ?? null,
  };
}
