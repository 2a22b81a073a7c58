"""The planner's page: experienced neighbourhoods beside official areas."""

import json
from collections.abc import Callable

import geopandas as gpd
import pandas as pd
import shapely
import streamlit as st

from geo.crs import to_wgs84
from maps import style
from maps.layers import Areas, Drawing, Facilities, Ground, Shapes
from study import atlas, comparison, projects
from study.projects import Study
from ui import canvas
from ui.visitor import project_of_visitor, words_of_visitor
from words import Words


def page() -> None:
    """Choose, compute, show."""
    say = words_of_visitor()
    study = projects.now(project_of_visitor())
    town = projects.project(study.project)
    st.title(say("compare.title"))
    if town.is_made_up:
        st.badge(say("demo.label"))
    if projects.drawn(study).empty:
        st.info(say("compare.empty"))
        return
    st.write(say("compare.intro", n=len(projects.drawn(study)), town=town.name))
    division = st.segmented_control(
        say("compare.division"),
        comparison.divisions(study),
        default=comparison.divisions(study)[1],
        format_func=_named_division(say),
        key="division",
    )
    shown = comparison.neighbourhoods(study)
    shown = shown[shown["level"] != "none"]
    if division is None or shown.empty:
        st.info(say("compare.too_few"))
        return
    cluster = st.selectbox(
        say("compare.neighbourhood"),
        shown.index.tolist(),
        format_func=lambda number: say(
            "compare.option", name=name_of(say, shown, number), n=int(shown["n"][number])
        ),
        key="neighbourhood",
    )
    _neighbourhood(say, study, division, cluster, shown)
    _ranking(say, study)
    _pairs(say, study, division)


def name_of(say: Words, shown: pd.DataFrame, number: int) -> str:
    """Give what residents call a neighbourhood, or its number when they do not agree."""
    return " / ".join(shown["names"][number]) or say("compare.nameless", number=number)


def _named_division(say: Words) -> Callable[[str], str]:
    return lambda key: say(f"compare.{key}") if key in style.DIVISIONS else key


def _neighbourhood(say: Words, study: Study, division: str, cluster: int, shown: pd.DataFrame) -> None:
    name, n = name_of(say, shown, cluster), int(shown["n"][cluster])
    bands = comparison.bands(study, cluster, smooth=True)
    themes = st.pills(
        say("compare.themes"),
        comparison.THEMES,
        selection_mode="multi",
        format_func=lambda theme: say(f"compare.theme_{theme}"),
        key="themes",
    )
    canvas.show(
        _layers(study, division, bands, themes),
        "compare",
        words=say,
        bounds=tuple(to_wgs84(shapely.box(*bands.total_bounds), bands.crs).bounds),
        credit=say("demo.label")
        if projects.project(study.project).is_made_up
        else atlas.credit(projects.project(study.project).municipality),
    )
    for percent in comparison.BANDS:
        color = style.CORES[percent]
        text = say("compare.band", people=int(bands["people"][percent]), n=n, percent=percent)
        st.html(f'<span class="buurt-swatch" style="background:{color}"></span>{text}')
    st.write(say(f"compare.level_{shown['level'][cluster]}", n=n))
    if bands.geometry[50].is_empty:
        st.info(say("compare.no_core", name=name, n=n))
        return
    fit = comparison.core_fit(study, cluster, division)
    if fit.empty:
        st.write(say("compare.fits_none", name=name))
        return
    best = fit.iloc[0]
    st.write(
        say(
            "compare.fits",
            name=name,
            area=best["name"],
            iou=float(best["iou"]),
            inside=float(best["share_of_core"]),
        )
    )
    _supply(say, study, division, cluster, str(best["name"]))


def _layers(study: Study, division: str, bands: gpd.GeoDataFrame, themes: list[str]) -> list[Shapes]:
    town = projects.project(study.project).municipality
    drawn: list[Shapes] = [Ground(f"geo/{town}/basemap.topojson")]
    for percent in comparison.BANDS:
        shape = bands.geometry[percent]
        if not shape.is_empty:
            outline = json.loads(str(shapely.to_geojson(to_wgs84(shape, bands.crs))))
            drawn.append(Drawing(f"core{percent}", outline, color=style.CORES[percent], filled=0.3))
    year = atlas.divisions(town)[division][-1]
    drawn.append(Areas(f"geo/{town}/{division}-{year}.topojson", division, labels=True))
    drawn += [Facilities(f"geo/{town}/facilities-{theme}.topojson", theme) for theme in themes]
    return drawn


def _supply(say: Words, study: Study, division: str, cluster: int, area: str) -> None:
    found = comparison.supply(study, cluster, division)
    st.subheader(say("compare.supply", area=area))
    table = pd.DataFrame(
        {
            say("compare.col_theme"): [say(f"compare.theme_{row.theme}") for row in found],
            say("compare.col_core"): [row.in_core for row in found],
            say("compare.col_area"): [row.in_area for row in found],
            say("compare.col_only_core"): [row.only_core for row in found],
            say("compare.col_only_area"): [row.only_area for row in found],
        }
    )
    st.dataframe(table, hide_index=True)
    for source, date in dict.fromkeys((row.source, row.date) for row in found):
        st.caption(say("compare.supply_source", source=source, date=date))


def _ranking(say: Words, study: Study) -> None:
    ranked = comparison.ranking(study)
    st.subheader(say("compare.ranking"))
    named = _named_division(say)
    first = ranked.iloc[0]
    st.write(
        say(
            "compare.rank_best",
            division=named(str(ranked.index[0])),
            iou=float(first["mean_iou"]),
            n=int(first["n"]),
        )
    )
    table = pd.DataFrame(
        {
            say("compare.col_division"): [named(str(key)) for key in ranked.index],
            say("compare.col_mean"): ranked["mean_iou"].to_numpy(),
            say("compare.col_reached"): ranked["reached"].to_numpy(),
            say("compare.col_split"): ranked["split_index"].to_numpy(),
        }
    )
    st.dataframe(
        table.style.format(lambda share: say.number(float(str(share)), ".1%"), subset=table.columns[1:]), hide_index=True
    )


def _pairs(say: Words, study: Study, division: str) -> None:
    with st.expander(say("compare.pairs")):
        pairs = comparison.pairs(study, division).reset_index()
        names = comparison.areas(study, division)["name"]
        numbers = {key: number for number, key in enumerate(pairs["sketch_id"].unique(), start=1)}
        table = pd.DataFrame(
            {
                say("compare.col_sketch"): pairs["sketch_id"].map(numbers),
                say("compare.col_code"): pairs["code"],
                say("compare.col_name"): pairs["code"].map(names),
                say("compare.col_share_sketch"): pairs["share_of_sketch"].round(3),
                say("compare.col_share_area"): pairs["share_of_area"].round(3),
                say("compare.col_iou"): pairs["iou"].round(3),
                say("compare.col_ha"): (pairs["area_m2"] / 1e4).round(1),
            }
        )
        st.dataframe(table, hide_index=True)
