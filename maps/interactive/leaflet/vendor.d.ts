// Types of the scripts of others, which the page loads by tag and finds on `window`.

import type * as leaflet from "leaflet";
import type * as terraDraw from "terra-draw";
import type * as adapter from "terra-draw-leaflet-adapter";
import type { feature, mesh } from "topojson-client";
import type { Topology as AnyTopology } from "topojson-specification";

declare global {
  type Leaflet = typeof leaflet;
  type Topojson = { feature: typeof feature; mesh: typeof mesh };
  type Topology = AnyTopology;

  /** What Clipper offers of which we use something (clipper-lib 6.4.2 has no types of its own). */
  interface ClipperLib {
    Clipper: {
      new (): {
        AddPaths(paths: ClipperPath[], type: number, closed: boolean): boolean;
        Execute(how: number, result: ClipperTree, subject: number, clip: number): boolean;
      };
      Orientation(path: ClipperPath): boolean;
    };
    ClipperOffset: new (
      miterLimit: number,
      arcTolerance: number,
    ) => {
      AddPath(path: ClipperPath, join: number, end: number): void;
      Execute(result: ClipperTree, delta: number): void;
    };
    PolyTree: new () => ClipperTree;
    JS: { PolyTreeToExPolygons(tree: ClipperTree): { outer: ClipperPath; holes: ClipperPath[] }[] };
    ClipType: { ctUnion: number; ctDifference: number };
    PolyType: { ptSubject: number; ptClip: number };
    PolyFillType: { pftNonZero: number };
    JoinType: { jtRound: number };
    EndType: { etOpenRound: number };
  }
  type ClipperPath = { X: number; Y: number }[];
  interface ClipperTree {
    readonly isPolyTree: unique symbol;
  }

  interface Window {
    L: Leaflet;
    topojson: Topojson;
    ClipperLib: ClipperLib;
    terraDraw: typeof terraDraw;
    terraDrawLeafletAdapter: typeof adapter;
  }
}

/** What a layer says of the area or place under the pointer. */
export interface FeatureFacts {
  layer: string;
  code: string | number | undefined;
  name: string;
  kind?: string;
}

declare module "leaflet" {
  /** Our own layers by name, as the code from `maps` calls them. */
  let buurt: Record<string, (settings: never) => Layer> | undefined;

  interface Evented {
    on(type: "buurt:arrived buurt:absent", listener: (event: LeafletEvent & { key: string }) => void): this;
    on(type: "buurt:labelled", listener: (event: LeafletEvent) => void): this;
    on(type: "buurt:select" | "buurt:point", listener: (event: LeafletEvent & FeatureFacts) => void): this;
  }

  // Parts of Leaflet's own layers that its types leave out.
  interface Renderer {
    _container: HTMLElement | undefined;
    _bounds: Bounds;
    _initContainer(): void;
    _destroyContainer(): void;
    _update(): void;
  }
  interface TileLayer {
    _initTile(tile: HTMLElement): void;
  }
  interface CircleMarker {
    _point: Point;
    _path: SVGElement;
    _radius: number;
    _updatePath(): void;
  }
  interface GeoJSONOptions {
    renderer?: Renderer;
  }
  interface Map {
    _animatingZoom?: boolean;
  }
  namespace SVG {
    function create<K extends keyof SVGElementTagNameMap>(name: K): SVGElementTagNameMap[K];
  }
}
