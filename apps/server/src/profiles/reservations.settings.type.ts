export interface ConfiguredNetwork {
  readonly id: string;
  readonly name: string;
  readonly subnets: readonly {
    readonly id: string;
    readonly cidr: string;
    readonly gateway?: string;
    readonly pools: readonly { readonly start: string; readonly end: string }[];
  }[];
}

export interface ConfiguredFlavor {
  readonly id: string;
  readonly name: string;
  readonly vcpus: number;
  readonly ramMb: number;
  readonly diskGb: number;
  readonly ephemeralGb: number;
  readonly swapMb: number;
  readonly isPublic: boolean;
  readonly extraSpecs: readonly { readonly key: string; readonly value: string }[];
}

export interface FilterServiceSettings {
  readonly url: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly timeoutSeconds: number;
}

/** Settings of reservations and of the Blazar face; bounds and meaning in reservations.schema.ts. */
export interface ReservationsAndFaceSettings {
  readonly reservationCodes: 'seed' | 'current';
  readonly freePoolAggregate: string;
  readonly calendarPartitions: readonly { readonly name: string; readonly hosts: readonly string[] }[];
  readonly cleaningMinutes: number;
  readonly minutesBeforeEndLease: number;
  readonly beforeEndAction: '' | 'snapshot';
  readonly randomizeHostSelection: boolean;
  readonly eventMaxRetries: number;
  readonly monitorHypervisors: boolean;
  readonly healingMinutes: number;
  readonly maxLeaseSeconds: number;
  readonly maxLeaseExemptProjects: readonly string[];
  readonly leaseFilterService?: FilterServiceSettings;
  readonly leaseHoldSeconds: number;
  readonly networks: readonly ConfiguredNetwork[];
  readonly flavors: readonly ConfiguredFlavor[];
}
